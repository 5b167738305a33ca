package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;

/** {@code pc-dimm}. */
final class DimmPlug extends DevicePlug<DeviceConfig.Dimm> {
  DimmPlug() { super(DeviceConfig.Dimm.class); }

  @Override
  void plugIn(DeviceConfig.Dimm config, boolean hot, DeviceBuses buses) { buses.dimms().plug(config, hot); }
}
