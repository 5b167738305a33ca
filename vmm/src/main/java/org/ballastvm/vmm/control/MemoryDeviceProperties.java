package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Locale;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.machine.MemoryDevices;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;

/** The properties of a virtio-mem device. */
final class MemoryDeviceProperties {
  /** {@code request-timeout}: seconds, 0 for never. */
  static final PropertyType TIMEOUT = new PropertyType.Whole("uint32", 0, DeviceConfig.MOST_OVERDUE_SECONDS);

  private MemoryDeviceProperties() {}

  static List<Property> of(DeviceConfig.Mem wanted, MemoryDevices.Plugged plugged) {
    MemDevice device = plugged.device();
    MemConfig config = device.config();
    return List.of(
        Property.readOnly("memdev", new PropertyType.Link("memory-backend"),
            () -> MachineTree.OBJECTS + plugged.memdev()),
        Property.number("requested-size", PropertyTypes.SIZE, device::requestedBytes, plugged::request),
        Property.readOnly("size", PropertyTypes.SIZE, device::pluggedBytes),
        Property.readOnly("max-size", PropertyTypes.SIZE, config::sizeBytes),
        Property.readOnly("block-size", PropertyTypes.SIZE, config::blockBytes),
        Property.readOnly("memaddr", PropertyTypes.SIZE, config::base),
        Property.readOnly("node", PropertyTypes.UINT32, () -> (long) config.node()),
        Property.readOnly("prealloc", PropertyTypes.BOOL, wanted::prealloc),
        Property.readOnly("unplugged-inaccessible", new PropertyType.Choice("OnOffAuto", List.of("auto", "on", "off")),
            () -> config.inaccessible().name().toLowerCase(Locale.ROOT)),
        Property.number("request-timeout", TIMEOUT, plugged::overdueSeconds, plugged::overdueSeconds),
        Property.readOnly("memory-slots", PropertyTypes.UINT32, () -> (long) plugged.range().slotCount()),
        Property.readOnly("unplugged-accesses", PropertyTypes.SIZE, plugged::strayAccesses));
  }
}
