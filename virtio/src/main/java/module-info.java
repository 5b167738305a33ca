/** PCI functions, and virtio on them: virtqueues, the transport and the devices. Knows nothing of KVM. */
module org.ballastvm.virtio {
  exports org.ballastvm.device;
  exports org.ballastvm.fault;
  exports org.ballastvm.pci;
  exports org.ballastvm.record;
  exports org.ballastvm.virtio;
  exports org.ballastvm.virtio.balloon;
  exports org.ballastvm.virtio.blk;
  exports org.ballastvm.virtio.console;
  exports org.ballastvm.virtio.mem;
  exports org.ballastvm.virtio.net;
  exports org.ballastvm.virtio.p9;
  exports org.ballastvm.virtio.pci;
  exports org.ballastvm.virtio.queue;
  exports org.ballastvm.virtio.replay;
  exports org.ballastvm.virtio.rng;
  exports org.ballastvm.virtio.vsock;
}
