/** Virtqueues, the PCI transport and the devices; knows nothing of KVM. */
module org.ballastvm.virtio {
  exports org.ballastvm.virtio;
  exports org.ballastvm.virtio.pci;
}
