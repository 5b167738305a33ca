/** The memory balloon: pages that a guest gives up and takes back, those it calls free, and what it reports of its memory. */
package org.ballastvm.virtio.balloon;
