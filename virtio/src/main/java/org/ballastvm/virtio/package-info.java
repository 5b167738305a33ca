/** Virtqueues, the PCI transport and the devices; knows nothing of KVM. */
package org.ballastvm.virtio;
