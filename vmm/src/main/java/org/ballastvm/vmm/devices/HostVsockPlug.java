package org.ballastvm.vmm.devices;

import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.vsock.HostVsockDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.vhost.BackendQueues;
import org.ballastvm.vmm.vhost.VhostAdvice;
import org.ballastvm.vmm.vhost.VhostVsock;

/** {@code vhost-vsock-pci}. */
final class HostVsockPlug extends PciPlug<DeviceConfig.HostVsock> {
  HostVsockPlug() { super(DeviceConfig.HostVsock.class); }

  @Override
  PciCard make(DeviceConfig.HostVsock config, String path, DeviceBuses buses) {
    Vhost device = open(config);
    try {
      device.guestCid(config.guestCid());
      VhostVsock backend = new VhostVsock(buses.site().loop(), device);
      try {
        return make(config, path, buses.site(), backend);
      } catch (RuntimeException e) {
        backend.close();
        throw e;
      }
    } catch (HostError e) {
      device.close();
      if (e.errno().equals(Errno.EADDRINUSE)) {
        throw new UserError("guest-cid=" + config.guestCid() + ": another guest of this host has it", e);
      }
      throw e;
    }
  }

  private static PciCard make(DeviceConfig.HostVsock config, String path, Site site, VhostVsock backend) {
    BackendQueues queues = new BackendQueues(backend, site.memory().ram().table(), VhostVsock.QUEUES,
        (queue, features) -> true);
    HostVsockDevice device = new HostVsockDevice(config.guestCid(), queues);
    return new ServedCard("vhost-vsock", path,
        new VirtioPciFunction(device, site.memory().ram(), new DeviceLog(config.id())), queues, site.events());
  }

  private static Vhost open(DeviceConfig.HostVsock config) {
    try {
      return config.descriptor().isPresent()
          ? Vhost.inherited(config.descriptor().getAsInt())
          : Vhost.open(Vhost.VSOCK);
    } catch (HostError e) {
      throw new UserError(config.inWords() + ": " + e.getMessage()
          + VhostAdvice.of(e, Vhost.VSOCK, "vhost_vsock", "use virtio-vsock-pci, which does without"), e);
    }
  }
}
