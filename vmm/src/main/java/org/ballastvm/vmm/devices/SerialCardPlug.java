package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.console.ConsoleDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;

/** {@code virtio-serial-pci}. */
final class SerialCardPlug extends PciPlug<DeviceConfig.SerialCard> {
  SerialCardPlug() { super(DeviceConfig.SerialCard.class); }

  @Override
  PciCard make(DeviceConfig.SerialCard config, String path, DeviceBuses buses) {
    Site site = buses.site();
    EventSink log = new DeviceLog(config.id());
    ConsoleDevice device = new ConsoleDevice(config.maxPorts(), log);
    VirtioPciFunction transport = new VirtioPciFunction(device, site.memory().ram(), log);
    return new SerialCard(path, busName(config, buses), device, transport, site.chardevs(), site.events());
  }

  /** As QEMU names it: by the card, or by its number among those whose card has no id. */
  private static String busName(DeviceConfig.SerialCard config, DeviceBuses buses) {
    if (config.id().isPresent()) {
      return config.id().get() + ".0";
    }
    List<String> taken = buses.pci().cards(SerialCard.class).stream().map(SerialCard::busName).toList();
    int number = 0;
    while (taken.contains(SerialCard.BUS_TYPE + "." + number)) {
      number++;
    }
    return SerialCard.BUS_TYPE + "." + number;
  }
}
