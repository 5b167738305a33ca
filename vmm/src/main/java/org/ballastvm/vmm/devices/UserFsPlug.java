package org.ballastvm.vmm.devices;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.ballastvm.virtio.ServedDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.vhostuser.BackendSource;
import org.ballastvm.vmm.vhostuser.DeviceKind;

/** {@code vhost-user-fs-pci}. Virtio 1.3, 5.11. */
final class UserFsPlug extends PciPlug<DeviceConfig.UserFs> {
  private static final int TYPE = 26;
  private static final int PCI_CLASS_STORAGE_OTHER = 0x018000;
  private static final int CONFIG_BYTES = DeviceConfig.UserFs.MOST_TAG_BYTES + Integer.BYTES;

  UserFsPlug() { super(DeviceConfig.UserFs.class); }

  @Override
  PciCard make(DeviceConfig.UserFs config, String path, DeviceBuses buses) {
    Site site = buses.site();
    BackendSource source = UserCard.source(site, config.driver(), config.chardev());
    int queues = 1 + config.requestQueues(); // The first is for what interrupts others.
    DeviceKind kind = new DeviceKind(config.inWords(), 0, queues, false, config.queueSize(), 0, false);
    ServedDevice.Shape shape = new ServedDevice.Shape(TYPE, "vhost-user-fs", PCI_CLASS_STORAGE_OTHER, 0, queues,
        config.queueSize(), CONFIG_BYTES);
    byte[] space = ByteBuffer.allocate(CONFIG_BYTES).order(ByteOrder.LITTLE_ENDIAN)
        .put(config.tag().getBytes(StandardCharsets.UTF_8))
        .putInt(DeviceConfig.UserFs.MOST_TAG_BYTES, config.requestQueues()).array();
    return UserCard.make("vhost-user-fs", config.id(), path, site, source, kind,
        backend -> new UserCard.Face(shape, () -> space, offset -> false, bytes -> space),
        List.of(Property.readOnly("chardev", PropertyTypes.TEXT, config::chardev),
            Property.readOnly("tag", PropertyTypes.TEXT, config::tag)));
  }
}
