package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.virtio.mem.MemConfig;

/** {@code virtio-mem-pci}. */
final class VirtioMemModel {
  private static final ModelProperty<Long> REQUESTED = ModelProperty
      .size("requested-size", "size", "What the guest should plug, in bytes").usually(0L);
  private static final ModelProperty<Long> BLOCK = ModelProperty.of("block-size", "size",
      "What is plugged at once, in bytes; what suits the host without", VirtioMemModel::block);
  private static final ModelProperty<Long> ADDRESS = MemoryDeviceModel.address("memaddr",
      "Guest physical address; the first that fits without");
  private static final ModelProperty<Boolean> PREALLOC = ModelProperty.flag("prealloc", false);
  private static final ModelProperty<MemConfig.Inaccessible> INACCESSIBLE = ModelProperty
      .of("unplugged-inaccessible", "OnOffAuto", "on/off/auto", VirtioMemModel::inaccessible)
      .usually(MemConfig.Inaccessible.AUTO, "auto")
      .oneOf("auto", "on", "off");
  private static final ModelProperty<Boolean> DYNAMIC_SLOTS = ModelProperty.flag("dynamic-memslots", true);

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-mem", VirtioMemModel::parse,
      List.of(MemoryDeviceModel.MEMDEV, MemoryDeviceModel.NODE, REQUESTED, BLOCK, ADDRESS, PREALLOC, INACCESSIBLE,
          DYNAMIC_SLOTS, MemoryDeviceModel.TIMEOUT));

  private VirtioMemModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    String memdev = MemoryDeviceModel.MEMDEV.take(values)
        .orElseThrow(() -> values.error("'memdev' property must be set"));
    int node = MemoryDeviceModel.NODE.takeOrUsual(values);
    long requested = REQUESTED.takeOrUsual(values);
    OptionalLong block = BLOCK.take(values).map(OptionalLong::of).orElse(OptionalLong.empty());
    OptionalLong address = ADDRESS.take(values).map(OptionalLong::of).orElse(OptionalLong.empty());
    boolean prealloc = PREALLOC.takeOrUsual(values);
    MemConfig.Inaccessible inaccessible = INACCESSIBLE.takeOrUsual(values);
    if (!DYNAMIC_SLOTS.takeOrUsual(values)) {
      throw values.error("dynamic-memslots=off: memory slots follow what is plugged, always");
    }
    return new DeviceConfig.Mem(id, slot, memdev, node, requested, block, address, prealloc, inaccessible,
        MemoryDeviceModel.overdueSeconds(values));
  }

  private static Optional<Long> block(KeyValues values, String key) {
    Optional<Long> block = values.takeSize(key, 1);
    block.ifPresent(bytes -> {
      if (bytes < MemConfig.LEAST_BLOCK_BYTES) {
        throw values.error("'block-size' property has to be at least 0x"
            + Long.toHexString(MemConfig.LEAST_BLOCK_BYTES));
      }
      if (Long.bitCount(bytes) != 1) {
        throw values.error("'block-size' property has to be a power of two");
      }
    });
    return block;
  }

  private static Optional<MemConfig.Inaccessible> inaccessible(KeyValues values, String key) {
    return values.take(key).map(text -> switch (text) {
      case "auto" -> MemConfig.Inaccessible.AUTO;
      case "on" -> MemConfig.Inaccessible.ON;
      case "off" -> MemConfig.Inaccessible.OFF;
      default -> throw values.error("Parameter '" + key + "' does not accept value '" + text
          + "'; it takes auto, on and off");
    });
  }
}
