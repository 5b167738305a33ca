package org.ballastvm.vmm.config;

import org.ballastvm.virtio.mem.MemConfig;

/** What all memory devices take. */
final class MemoryDeviceModel {
  static final ModelProperty<String> MEMDEV = ModelProperty.text("memdev", ModelProperty.MEMORY,
      "Its memory, which nothing else uses");
  static final ModelProperty<Integer> NODE = ModelProperty
      .number("node", "uint32", "Its NUMA node", 0, MemConfig.MOST_NODES - 1).usually(0);
  static final ModelProperty<Integer> TIMEOUT = ModelProperty
      .number("request-timeout", "uint32",
          "After how many seconds an event says that the guest has not done what it was asked; 0 for never", 0,
          (int) DeviceConfig.MOST_OVERDUE_SECONDS)
      .usually((int) DeviceConfig.USUAL_OVERDUE_SECONDS);

  private MemoryDeviceModel() {}

  static long overdueSeconds(KeyValues values) { return TIMEOUT.takeOrUsual(values); }

  /** Where a memory device is to be, as the property of this name says. */
  static ModelProperty<Long> address(String name, String description) {
    return ModelProperty.of(name, "uint64", description, (values, key) -> values.take(key).map(text -> {
      try {
        long address = Long.decode(text);
        if (address >= 0) {
          return address;
        }
      } catch (NumberFormatException e) {
        // Reported below.
      }
      throw values.error(key + "=" + text + " must be a guest physical address such as 0x140000000");
    }));
  }
}
