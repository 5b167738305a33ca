package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.vmm.block.ForeignDrives;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.vhostuser.StorageDaemon;

/** {@code virtio-blk-pci} on a drive that qemu-storage-daemon has. */
final class ForeignBlk {
  private ForeignBlk() {}

  /**
   * Starts the daemon, and makes the disk.
   *
   * @param config what was asked for
   * @param path where it is in the object tree
   * @param site the machine around it
   * @param drive claimed for it, and released with the card or if none is made
   */
  static PciCard make(DeviceConfig.Blk config, String path, Site site, DriveConfig drive) {
    Runnable released = () -> site.disks().foreign().release(drive.id());
    StorageDaemon daemon;
    int queues = config.queueEachCpu()
        ? Math.min(site.disks().processors(), BlkConfig.MOST_QUEUES)
        : config.properties().queues();
    try {
      refuseOurs(config, drive);
      daemon = new StorageDaemon(drive, queues, config.properties().logicalBlockBytes(), released);
    } catch (RuntimeException e) {
      released.run();
      throw e;
    }
    VirtioCard card = UserDisk.card("virtio-blk", config.inWords(), config.id(), path, site, daemon,
        new UserDisk.Queues(queues, false, Math.min(config.properties().queueSize(), StorageDaemon.MOST_QUEUE_SIZE)),
        List.of(Property.readOnly("drive", PropertyTypes.TEXT, config::drive),
            Property.readOnly("serial", PropertyTypes.TEXT, () -> "")));
    site.disks().foreign().attached(drive.id(),
        new ForeignDrives.Device(path, () -> UserDisk.sizeBytes(card.function().device())));
    return card;
  }

  /** What the daemon's disks do not have. */
  private static void refuseOurs(DeviceConfig.Blk config, DriveConfig drive) {
    String what = !config.properties().serial().isEmpty()
        ? "serial"
        : config.iothread().isPresent()
            ? "iothread"
            : config.onWriteError().isPresent() || config.onReadError().isPresent()
                ? "werror and rerror"
                : config.writeCache().isPresent() ? "write-cache" : config.shareRw() ? "share-rw" : "";
    if (!what.isEmpty()) {
      throw new UserError("drive=" + drive.id() + ": qemu-storage-daemon has this disk, of format="
          + drive.format().orElse("") + ", without " + what);
    }
  }
}
