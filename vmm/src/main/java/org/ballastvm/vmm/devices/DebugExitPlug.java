package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.DebugExitDevice;
import org.ballastvm.vmm.device.SerialPort;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;

/** {@code isa-debug-exit}. */
final class DebugExitPlug extends PortPlug<DeviceConfig.DebugExit> {
  private static final PropertyType PORT = new PropertyType.Whole("uint32", 0, 0xffff);

  DebugExitPlug() { super(DeviceConfig.DebugExit.class); }

  @Override
  void make(DeviceConfig.DebugExit config, DeviceBuses buses) {
    // COM1 comes later, to whoever asks for it.
    boolean atSerial = config.port() < SerialPort.COM1_BASE + SerialPort.LENGTH
        && SerialPort.COM1_BASE < config.port() + config.portCount();
    if (atSerial || !buses.ports().isFree(config.port(), config.portCount())) {
      throw new UserError("iobase=0x" + Integer.toHexString(config.port()) + ",iosize=" + config.portCount()
          + ": another device has one of these ports; info mtree shows who has which");
    }
    buses.ports().plug(config, new DebugExitDevice(buses.site().machine()::exit), "debug-exit", config.port(),
        config.portCount(), List.of(Property.readOnly("iobase", PORT, () -> (long) config.port()),
            Property.readOnly("iosize", PORT, () -> (long) config.portCount())));
  }
}
