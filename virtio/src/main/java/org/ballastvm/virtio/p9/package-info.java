/** The 9P transport device: 9P2000.L messages in guest memory, decoded once, for a file server that is elsewhere. */
package org.ballastvm.virtio.p9;
