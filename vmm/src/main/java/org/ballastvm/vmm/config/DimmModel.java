package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** {@code pc-dimm}. */
final class DimmModel {
  private static final int MOST_SLOTS = 256;

  private static final ModelProperty<Long> ADDRESS = MemoryDeviceModel
      .address("addr", "Guest physical address; 0 for the first that fits").orElse(0L);
  private static final ModelProperty<Integer> SLOT = ModelProperty
      .number("slot", "int32", "Its slot; -1 for the first free one", -1, MOST_SLOTS - 1).orElse(-1L);

  static final Model<DeviceConfig> MODEL = Model.of("pc-dimm", "device", DimmModel::parse,
      List.of(MemoryDeviceModel.MEMDEV, MemoryDeviceModel.NODE, ADDRESS, SLOT, MemoryDeviceModel.TIMEOUT))
      .described("DIMM memory module");

  private DimmModel() {}

  private static DeviceConfig parse(KeyValues values) {
    Optional<String> id = values.takeId();
    String memdev = MemoryDeviceModel.MEMDEV.take(values)
        .orElseThrow(() -> values.error("'memdev' property is not set"));
    OptionalInt slot = SLOT.take(values).filter(given -> given >= 0).map(OptionalInt::of).orElse(OptionalInt.empty());
    OptionalLong address = ADDRESS.take(values).filter(given -> given > 0).map(OptionalLong::of)
        .orElse(OptionalLong.empty());
    int node = MemoryDeviceModel.NODE.takeOrUsual(values);
    return new DeviceConfig.Dimm(id, memdev, slot, address, node, MemoryDeviceModel.overdueSeconds(values));
  }
}
