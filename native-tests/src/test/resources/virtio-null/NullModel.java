package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code virtio-null-pci}. */
public final class NullModel {
  private static final ModelProperty<Boolean> QUIET = ModelProperty.flag("quiet", true);

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-null",
      (id, slot, values) -> new Config(id, slot, QUIET.takeOrUsual(values)), List.of(QUIET));

  private NullModel() {}

  public record Config(Optional<String> id, OptionalInt slot, boolean quiet) implements DeviceConfig.OnPci {
    @Override
    public String driver() { return "virtio-null-pci"; }
  }
}
