package org.ballastvm.vmm.config;

import java.util.List;
import org.ballastvm.virtio.console.ConsoleDevice;

/** {@code virtio-serial-pci}. */
final class SerialCardModel {
  private static final ModelProperty<Integer> PORTS = ModelProperty
      .number("max_ports", "uint32", "How many ports it can have", 1, ConsoleDevice.MOST_PORTS)
      .usually(ConsoleDevice.MOST_PORTS);

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-serial",
      (id, slot, values) -> new DeviceConfig.SerialCard(id, slot, PORTS.takeOrUsual(values)), List.of(PORTS));

  private SerialCardModel() {}
}
