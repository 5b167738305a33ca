package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What devices at fixed I/O ports take. */
final class IsaModel {
  private IsaModel() {}

  static Model<DeviceConfig> of(String name, Function<KeyValues, DeviceConfig> parser, List<ModelProperty<?>> own) {
    return new Model<>(name, Optional.empty(), "isa-device", Optional.of("ISA"), Optional.empty(), own,
        List.of(PciModel.bus("isa.0")), parser);
  }
}
