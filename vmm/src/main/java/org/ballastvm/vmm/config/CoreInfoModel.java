package org.ballastvm.vmm.config;

import java.util.List;

/** {@code vmcoreinfo}. */
final class CoreInfoModel {
  static final Model<DeviceConfig> MODEL = Model.of("vmcoreinfo", "device",
      values -> new DeviceConfig.CoreInfo(values.takeId()), List.of());

  private CoreInfoModel() {}
}
