/** The virtio transport over PCI. */
package org.ballastvm.virtio.pci;
