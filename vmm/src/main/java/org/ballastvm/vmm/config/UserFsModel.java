package org.ballastvm.vmm.config;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code vhost-user-fs-pci}. */
final class UserFsModel {
  /** With the first queue, and a message for configuration space, as many messages as a device can have. */
  private static final int MOST_REQUEST_QUEUES = 62;
  private static final int MOST_QUEUE_SIZE = 1024;

  private static final ModelProperty<String> CHARDEV = ModelProperty.text("chardev", "str",
      "The socket of the program that has the folder");
  private static final ModelProperty<String> TAG = ModelProperty.text("tag", "str", "What the guest mounts it by");
  private static final ModelProperty<Integer> QUEUES = ModelProperty
      .number("num-request-queues", "uint16", "", 1, MOST_REQUEST_QUEUES).usually(1);
  private static final ModelProperty<Integer> QUEUE_SIZE = ModelProperty
      .number("queue-size", "uint16", "A power of two", 4, MOST_QUEUE_SIZE).usually(128);

  static final Model<DeviceConfig> MODEL = PciModel.of("vhost-user-fs", UserFsModel::parse,
      List.of(CHARDEV, TAG, QUEUES, QUEUE_SIZE));

  private UserFsModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    String chardev = values.require(CHARDEV.name());
    String tag = values.require(TAG.name());
    int bytes = tag.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > DeviceConfig.UserFs.MOST_TAG_BYTES) {
      throw values.error(TAG.name() + "=" + tag + ": must have 1 to " + DeviceConfig.UserFs.MOST_TAG_BYTES
          + " bytes, not " + bytes);
    }
    return new DeviceConfig.UserFs(id, slot, chardev, tag, QUEUES.takeOrUsual(values),
        UserBlkModel.powerOfTwo(values, QUEUE_SIZE.name(), QUEUE_SIZE.takeOrUsual(values)));
  }
}
