/** The other side of a virtio device, in Java: memory, a bus, and a driver that goes through registers and rings. */
package org.ballastvm.virtio.driver;
