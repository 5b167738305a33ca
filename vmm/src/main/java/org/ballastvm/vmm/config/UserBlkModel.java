package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.blk.BlkConfig;

/** {@code vhost-user-blk-pci}. */
final class UserBlkModel {
  private static final ModelProperty<String> CHARDEV = ModelProperty.text("chardev", "str",
      "The socket of the program that has the disk");
  private static final ModelProperty<Integer> QUEUES = ModelProperty
      .number("num-queues", "uint16", "Without a word as many as processors, or as the program serves", 1,
          BlkConfig.MOST_QUEUES);
  private static final ModelProperty<Integer> QUEUE_SIZE = ModelProperty
      .number("queue-size", "uint16", "A power of two", 4, BlkConfig.MOST_QUEUE_SIZE).usually(128);

  static final Model<DeviceConfig> MODEL = PciModel.of("vhost-user-blk", UserBlkModel::parse,
      List.of(CHARDEV, QUEUES, QUEUE_SIZE));

  private UserBlkModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    String chardev = values.require(CHARDEV.name());
    Optional<Integer> queues = QUEUES.take(values);
    return new DeviceConfig.UserBlk(id, slot, chardev, queues.map(OptionalInt::of).orElse(OptionalInt.empty()),
        powerOfTwo(values, QUEUE_SIZE.name(), QUEUE_SIZE.takeOrUsual(values)));
  }

  /** A split queue has no other size. */
  static int powerOfTwo(KeyValues values, String name, int size) {
    if (Integer.bitCount(size) != 1) {
      throw values.error(name + "=" + size + " must be a power of 2");
    }
    return size;
  }
}
