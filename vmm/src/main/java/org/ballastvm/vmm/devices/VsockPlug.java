package org.ballastvm.vmm.devices;

import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.vsock.VsockDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.vsock.UnixSockets;

/** {@code virtio-vsock-pci}. */
final class VsockPlug extends PciPlug<DeviceConfig.Vsock> {
  VsockPlug() { super(DeviceConfig.Vsock.class); }

  @Override
  PciCard make(DeviceConfig.Vsock config, String path, DeviceBuses buses) {
    Site site = buses.site();
    UnixSockets sockets = open(config, site);
    EventSink log = new DeviceLog(config.id());
    VsockDevice device = new VsockDevice(config.guestCid(), sockets, log);
    sockets.serve(device);
    return new VsockCard(path, new VirtioPciFunction(device, site.memory().ram(), log), sockets, site.events());
  }

  private static UnixSockets open(DeviceConfig.Vsock config, Site site) {
    try {
      return new UnixSockets(site.loop(), config.path());
    } catch (HostError e) {
      throw new UserError(config.inWords() + ": path=" + config.path() + ": " + e.getMessage(), e);
    }
  }
}
