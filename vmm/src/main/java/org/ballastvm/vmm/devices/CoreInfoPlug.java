package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.device.CoreInfo;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;

/** {@code vmcoreinfo}. */
final class CoreInfoPlug extends DevicePlug<DeviceConfig.CoreInfo> {
  CoreInfoPlug() { super(DeviceConfig.CoreInfo.class); }

  @Override
  void plugIn(DeviceConfig.CoreInfo config, boolean hot, DeviceBuses buses) {
    buses.board().requireRoom(config, hot);
    CoreInfo info = new CoreInfo();
    buses.site().buses().fwCfg().add(info.item());
    List<Property> properties = List.of(
        Property.readOnly("guest-format", new PropertyType.Whole("uint16", 0, 0xffff),
            () -> (long) info.note().guestFormat()),
        Property.readOnly("size", PropertyTypes.UINT32, () -> info.note().sizeBytes()),
        Property.readOnly("paddr", new PropertyType.Whole("uint64", Long.MIN_VALUE, Long.MAX_VALUE),
            () -> info.note().address()));
    buses.board().add(config, properties, info, info::reset);
  }
}
