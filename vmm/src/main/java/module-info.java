/** The machine: memory, buses, boot, monitor and command line. */
module org.ballastvm.vmm {
  requires org.ballastvm.acpi;
  requires org.ballastvm.kvm;
  requires org.ballastvm.virtio;
  requires org.ballastvm.images;

  exports org.ballastvm.vmm.config;
}
