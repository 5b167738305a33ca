package org.ballastvm.vmm.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.virtio.MemConfig;

/** The properties of {@code virtio-mem-pci}. */
final class MemoryDeviceOptions {
  private MemoryDeviceOptions() {}

  static DeviceConfig.Mem take(KeyValues values, Optional<String> id, OptionalInt slot) {
    String memdev = values.take("memdev").orElseThrow(() -> values.error("'memdev' property must be set"));
    int node = values.takeInt("node", 0, MemConfig.MOST_NODES - 1).orElse(0);
    long requested = values.takeSize("requested-size", 1).orElse(0L);
    OptionalLong block = values.takeSize("block-size", 1).map(OptionalLong::of).orElse(OptionalLong.empty());
    block.ifPresent(bytes -> {
      if (bytes < MemConfig.LEAST_BLOCK_BYTES) {
        throw values.error("'block-size' property has to be at least 0x"
            + Long.toHexString(MemConfig.LEAST_BLOCK_BYTES));
      }
      if (Long.bitCount(bytes) != 1) {
        throw values.error("'block-size' property has to be a power of two");
      }
    });
    OptionalLong address = address(values, "memaddr");
    boolean prealloc = values.takeBoolean("prealloc", false);
    MemConfig.Inaccessible inaccessible = inaccessible(values);
    if (!values.takeBoolean("dynamic-memslots", true)) {
      throw values.error("dynamic-memslots=off: memory slots follow what is plugged, always");
    }
    return new DeviceConfig.Mem(id, slot, memdev, node, requested, block, address, prealloc, inaccessible,
        overdueSeconds(values));
  }

  /** {@code request-timeout}, which all memory devices have. */
  static long overdueSeconds(KeyValues values) {
    return values.takeInt("request-timeout", 0, (int) DeviceConfig.MOST_OVERDUE_SECONDS)
        .map(Integer::longValue).orElse(DeviceConfig.USUAL_OVERDUE_SECONDS);
  }

  /** Where a memory device is to be, as the property of this name says. */
  static OptionalLong address(KeyValues values, String name) {
    Optional<String> text = values.take(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long address = Long.decode(text.get());
      if (address >= 0) {
        return OptionalLong.of(address);
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw values.error(name + "=" + text.get() + " must be a guest physical address such as 0x140000000");
  }

  private static MemConfig.Inaccessible inaccessible(KeyValues values) {
    String text = values.take("unplugged-inaccessible").orElse("auto");
    return switch (text) {
      case "auto" -> MemConfig.Inaccessible.AUTO;
      case "on" -> MemConfig.Inaccessible.ON;
      case "off" -> MemConfig.Inaccessible.OFF;
      default -> throw values.error("Parameter 'unplugged-inaccessible' does not accept value '" + text
          + "'; it takes auto, on and off");
    };
  }
}
