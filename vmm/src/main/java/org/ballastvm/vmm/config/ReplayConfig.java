package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code virtio-replay-pci}: a device that answers as a recorded one did.
 *
 * @param id the id, if given
 * @param slot the PCI slot, 1 to 31; the first free one when empty
 * @param file the recording
 */
public record ReplayConfig(Optional<String> id, OptionalInt slot, Path file) implements DeviceConfig.OnPci {
  @Override
  public String driver() { return "virtio-replay-pci"; }
}
