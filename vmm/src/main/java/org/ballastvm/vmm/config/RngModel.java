package org.ballastvm.vmm.config;

import java.util.List;

/** {@code virtio-rng-pci}. */
final class RngModel {
  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-rng",
      (id, slot, values) -> new DeviceConfig.Rng(id, slot), List.of());

  private RngModel() {}
}
