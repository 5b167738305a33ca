/** Sockets between a guest and its host by Unix sockets, for hosts whose kernel does not offer them. */
package org.ballastvm.vmm.vsock;
