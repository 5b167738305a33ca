package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;

/** {@code virtconsole} and {@code virtserialport}. */
final class SerialPortPlug extends DevicePlug<DeviceConfig.SerialPort> {
  SerialPortPlug() { super(DeviceConfig.SerialPort.class); }

  @Override
  void plugIn(DeviceConfig.SerialPort config, boolean hot, DeviceBuses buses) { buses.serial().plug(config); }
}
