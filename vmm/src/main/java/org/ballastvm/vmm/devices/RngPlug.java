package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.rng.RngDevice;
import org.ballastvm.vmm.config.DeviceConfig;

/** {@code virtio-rng-pci}. */
final class RngPlug extends PciPlug<DeviceConfig.Rng> {
  RngPlug() { super(DeviceConfig.Rng.class); }

  @Override
  PciCard make(DeviceConfig.Rng config, String path, DeviceBuses buses) {
    EventSink log = new DeviceLog(config.id());
    return new VirtioCard("virtio-rng", path, new VirtioPciFunction(new RngDevice(new HostEntropy(), log),
        buses.site().memory().ram(), log));
  }
}
