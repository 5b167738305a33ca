package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;

/** {@code pvpanic}. */
final class PanicPlug extends PortPlug<DeviceConfig.Panic> {
  private static final List<Property> PROPERTIES = List.of(
      Property.readOnly("ioport", new PropertyType.Whole("uint16", 0, 0xffff), () -> (long) AcpiPorts.PANIC),
      Property.readOnly("events", new PropertyType.Whole("uint8", 0, 0xff), () -> (long) PanicDevice.EVENTS));

  PanicPlug() { super(DeviceConfig.Panic.class); }

  @Override
  void make(DeviceConfig.Panic config, DeviceBuses buses) {
    if (buses.ports().has(DeviceConfig.Panic.class)) {
      throw new UserError("Only one pvpanic device is supported");
    }
    buses.ports().plug(config, new PanicDevice(buses.site().machine()), "pvpanic", AcpiPorts.PANIC, 1, PROPERTIES);
  }
}
