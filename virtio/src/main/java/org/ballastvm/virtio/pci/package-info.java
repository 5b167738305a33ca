/** PCI functions as a guest sees them, and the virtio transport over them. */
package org.ballastvm.virtio.pci;
