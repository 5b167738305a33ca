package org.ballastvm.vmm.config;

import java.util.List;

/** {@code i6300esb}. */
final class WatchdogModel {
  static final Model<DeviceConfig> MODEL = PciModel.plain("i6300esb",
      (id, slot, values) -> new DeviceConfig.Watchdog(id, slot), List.of()).described("Intel 6300ESB");

  private WatchdogModel() {}
}
