package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.blk.BlkConfig;

/** {@code virtio-blk-pci}. */
final class BlkModel {
  private static final BlkConfig DEFAULTS = BlkConfig.DEFAULTS;

  private static final ModelProperty<String> DRIVE = ModelProperty.text("drive", "str",
      "Node name or ID of a block device to use as a backend");
  private static final ModelProperty<String> SERIAL = ModelProperty.text("serial", "str", "");
  private static final ModelProperty<Integer> QUEUES = ModelProperty
      .number("num-queues", "uint16", "Without a word as many as processors", 1, BlkConfig.MOST_QUEUES);
  private static final ModelProperty<Integer> QUEUE_SIZE = ModelProperty
      .number("queue-size", "uint16", "", 4, BlkConfig.MOST_QUEUE_SIZE).orElse((long) BlkConfig.USUAL_QUEUE_SIZE);
  private static final ModelProperty<String> IOTHREAD = ModelProperty.text("iothread", ModelProperty.IOTHREAD,
      "The thread that hears the guest; without a word one that such devices share");
  private static final ModelProperty<Long> LOGICAL = ModelProperty
      .size("logical_block_size", "size", "A power of two between 512 B and 2 MiB").orElse(0L);
  private static final ModelProperty<Long> PHYSICAL = ModelProperty
      .size("physical_block_size", "size", "A power of two between 512 B and 2 MiB").orElse(0L);
  private static final ModelProperty<String> WRITE_CACHE = ModelProperty
      .text("write-cache", "OnOffAuto", "on/off/auto").orElse("auto").oneOf("on", "off", "auto");
  private static final ModelProperty<Boolean> DISCARD = ModelProperty.flag("discard", true);
  private static final ModelProperty<Boolean> WRITE_ZEROES = ModelProperty.flag("write-zeroes", true);
  private static final ModelProperty<Boolean> SHARE_RW = ModelProperty.flag("share-rw", false);
  private static final ModelProperty<String> WERROR = ModelProperty
      .text("werror", "BlockdevOnError", "Error handling policy, report/ignore/enospc/stop/auto").orElse("auto");
  private static final ModelProperty<String> RERROR = ModelProperty
      .text("rerror", "BlockdevOnError", "Error handling policy, report/ignore/stop/auto").orElse("auto");

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-blk", BlkModel::parse,
      List.of(DRIVE, SERIAL, QUEUES, QUEUE_SIZE, IOTHREAD, LOGICAL, PHYSICAL, WRITE_CACHE, DISCARD, WRITE_ZEROES,
          SHARE_RW, WERROR, RERROR));

  private BlkModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    String drive = DRIVE.take(values).orElseThrow(() -> values.error("drive property not set"));
    Optional<Integer> queues = QUEUES.take(values);
    int logical = block(values, LOGICAL, BlkConfig.SECTOR_BYTES);
    BlkConfig wanted;
    try {
      wanted = DEFAULTS.withSerial(SERIAL.take(values).orElse("")).withQueues(queues.orElse(1))
          .withQueueSize(QUEUE_SIZE.take(values).orElse(BlkConfig.USUAL_QUEUE_SIZE))
          .withBlocks(logical, block(values, PHYSICAL, logical)).withDiscard(DISCARD.take(values).orElse(true))
          .withWriteZeroes(WRITE_ZEROES.take(values).orElse(true));
    } catch (IllegalArgumentException e) {
      throw values.error(e.getMessage());
    }
    return new DeviceConfig.Blk(id, slot, drive, wanted, queues.isEmpty(), IOTHREAD.take(values), writeCache(values),
        SHARE_RW.take(values).orElse(false), policy(values, WERROR), policy(values, RERROR));
  }

  private static int block(KeyValues values, ModelProperty<Long> property, int fallback) {
    long given = property.take(values).orElse(0L);
    if (given > BlkConfig.MOST_BLOCK_BYTES) {
      throw values
          .error(property.name() + "=" + given + " must be a power of 2 from 512 to " + BlkConfig.MOST_BLOCK_BYTES);
    }
    return given == 0 ? fallback : (int) given;
  }

  private static Optional<Boolean> writeCache(KeyValues values) {
    String word = WRITE_CACHE.take(values).orElse("auto");
    return switch (word) {
      case "auto" -> Optional.empty();
      case "on" -> Optional.of(true);
      case "off" -> Optional.of(false);
      default -> throw values.error("write-cache=" + word + " must be on, off or auto");
    };
  }

  /** Empty: as the drive says. */
  private static Optional<ErrorPolicy> policy(KeyValues values, ModelProperty<String> property) {
    return property.take(values).filter(word -> !word.equals("auto")).map(word -> {
      for (ErrorPolicy policy : ErrorPolicy.values()) {
        if (policy.word().equals(word) && (policy != ErrorPolicy.ENOSPC || property == WERROR)) {
          return policy;
        }
      }
      throw values.error(property.name() + "=" + word + " must be report, ignore, stop or auto"
          + (property == WERROR ? ", or enospc" : ""));
    });
  }
}
