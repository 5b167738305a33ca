/** The entropy device. */
package org.ballastvm.virtio.rng;
