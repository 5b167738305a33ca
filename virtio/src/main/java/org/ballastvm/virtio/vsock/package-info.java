/** The socket device, and streams between programs of the guest and of the host by numbers of ports. */
package org.ballastvm.virtio.vsock;
