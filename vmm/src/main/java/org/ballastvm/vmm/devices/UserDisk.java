package org.ballastvm.vmm.devices;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ballastvm.virtio.ServedDevice;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.vhostuser.BackendSource;
import org.ballastvm.vmm.vhostuser.DeviceKind;

/** Disks that another program has: virtio 1.3, 5.2, as far as the front-end has to know it. */
final class UserDisk {
  private static final int TYPE = 2;
  private static final int PCI_CLASS_SCSI = 0x010000;
  private static final int CONFIG_BYTES = 60;
  private static final int CAPACITY = 0;
  private static final int SEG_MAX = 12;
  private static final int WRITEBACK = 32;
  private static final int NUM_QUEUES = 34;
  /** SIZE_MAX, SEG_MAX, RO, BLK_SIZE, FLUSH, TOPOLOGY, CONFIG_WCE, MQ, DISCARD, WRITE_ZEROES. 5.2.3. */
  private static final long FEATURES = 1L << 1 | 1L << 2 | 1L << 5 | 1L << 6 | 1L << 9 | 1L << 10 | 1L << 11 | 1L << 12
      | 1L << 13 | 1L << 14;

  private UserDisk() {}

  /**
   * The queues of a disk.
   *
   * @param count how many
   * @param orFewer whether fewer do, where the program serves fewer
   * @param size of each, in entries
   */
  record Queues(int count, boolean orFewer, int size) {}

  /**
   * A disk in its slot.
   *
   * @param kind such as {@code vhost-user-blk}
   * @param words how sentences call it
   * @param id the device's, if it has one
   * @param path where it is in the object tree
   * @param site the machine around it
   * @param source where the program is, closed with the card or if none is made
   * @param queues how many
   * @param properties of the card
   */
  static VirtioCard card(String kind, String words, Optional<String> id, String path, Site site, BackendSource source,
      Queues queues, List<Property> properties) {
    DeviceKind wanted = new DeviceKind(words, FEATURES, queues.count(), queues.orFewer(), queues.size(), CONFIG_BYTES,
        true);
    return UserCard.make(kind, id, path, site, source, wanted, backend -> {
      ServedDevice.Shape shape = new ServedDevice.Shape(TYPE, kind, PCI_CLASS_SCSI, backend.deviceFeatures(),
          backend.queues(), queues.size(), CONFIG_BYTES);
      UnaryOperator<byte[]> ours = bytes -> fitted(bytes, backend.queues(), queues.size());
      return new UserCard.Face(shape, () -> ours.apply(backend.config()), offset -> offset == WRITEBACK, ours);
    }, properties);
  }

  /** {@return how long such a disk is, in bytes, as its program says} */
  static long sizeBytes(VirtioDevice disk) {
    return disk.configRead(CAPACITY) * BlkConfig.SECTOR_BYTES;
  }

  /**
   * The program says how many queues it has, and the device may have fewer; a request may be as long as it likes, and a queue
   * shorter: the header and the status take a descriptor each. qemu-storage-daemon 7.2 says that it keeps no writes back, and
   * does: a driver that believed it would never flush.
   */
  private static byte[] fitted(byte[] config, int queues, int queueSize) {
    byte[] bytes = config.clone();
    ByteBuffer registers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    registers.putShort(NUM_QUEUES, (short) queues);
    registers.put(WRITEBACK, (byte) 1);
    int segments = registers.getInt(SEG_MAX);
    if (segments < 0 || segments > queueSize - 2) {
      registers.putInt(SEG_MAX, queueSize - 2);
    }
    return bytes;
  }
}
