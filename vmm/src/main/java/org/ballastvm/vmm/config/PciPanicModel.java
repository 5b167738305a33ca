package org.ballastvm.vmm.config;

import java.util.List;

/** {@code pvpanic-pci}. */
final class PciPanicModel {
  static final Model<DeviceConfig> MODEL = PciModel.plain("pvpanic-pci",
      (id, slot, values) -> new DeviceConfig.PciPanic(id, slot), List.of());

  private PciPanicModel() {}
}
