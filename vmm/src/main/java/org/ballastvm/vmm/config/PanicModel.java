package org.ballastvm.vmm.config;

import java.util.List;

/** {@code pvpanic}. */
final class PanicModel {
  static final Model<DeviceConfig> MODEL = IsaModel.of("pvpanic", values -> new DeviceConfig.Panic(values.takeId()),
      List.of());

  private PanicModel() {}
}
