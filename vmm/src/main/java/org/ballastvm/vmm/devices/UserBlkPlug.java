package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.vhostuser.BackendSource;

/** {@code vhost-user-blk-pci}. */
final class UserBlkPlug extends PciPlug<DeviceConfig.UserBlk> {
  UserBlkPlug() { super(DeviceConfig.UserBlk.class); }

  @Override
  PciCard make(DeviceConfig.UserBlk config, String path, DeviceBuses buses) {
    Site site = buses.site();
    BackendSource source = UserCard.source(site, config.driver(), config.chardev());
    int queues = config.queues().orElse(Math.min(site.disks().processors(), BlkConfig.MOST_QUEUES));
    return UserDisk.card("vhost-user-blk", config.inWords(), config.id(), path, site, source,
        new UserDisk.Queues(queues, config.queues().isEmpty(), config.queueSize()),
        List.of(Property.readOnly("chardev", PropertyTypes.TEXT, config::chardev)));
  }
}
