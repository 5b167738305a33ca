package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;

/** {@code virtio-replay-pci}. */
final class ReplayModel {
  private static final ModelProperty<Path> FILE = ModelProperty.of("file", "str",
      "A recording, which -record or record_start has written",
      (values, key) -> values.take(key).map(given -> FileName.path(key, given).toAbsolutePath()));

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-replay", (id, slot, values) -> new ReplayConfig(id, slot,
      FILE.take(values).orElseThrow(() -> values.error("file= is missing"))), List.of(FILE))
      .described("answers as a recorded device did");

  private ReplayModel() {}
}
