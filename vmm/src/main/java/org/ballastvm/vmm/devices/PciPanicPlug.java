package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.device.PanicFunction;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;

/** {@code pvpanic-pci}. */
final class PciPanicPlug extends PciPlug<DeviceConfig.PciPanic> {
  private static final List<Property> PROPERTIES = List.of(
      Property.readOnly("events", new PropertyType.Whole("uint8", 0, 0xff), () -> (long) PanicDevice.EVENTS));

  PciPanicPlug() { super(DeviceConfig.PciPanic.class); }

  @Override
  PciCard make(DeviceConfig.PciPanic config, String path, DeviceBuses buses) {
    return new PlainCard(config.driver(), new PanicFunction(buses.site().machine()), PROPERTIES);
  }
}
