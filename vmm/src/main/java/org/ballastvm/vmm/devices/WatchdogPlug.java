package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;

/** {@code i6300esb}. */
final class WatchdogPlug extends PciPlug<DeviceConfig.Watchdog> {
  WatchdogPlug() { super(DeviceConfig.Watchdog.class); }

  @Override
  PciCard make(DeviceConfig.Watchdog config, String path, DeviceBuses buses) {
    return new WatchdogCard(buses.site().loop(), buses.site().machine());
  }
}
