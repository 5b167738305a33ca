package org.ballastvm.vmm.config;

import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.BalloonConfig;

/** {@code -device}: one device of the machine. */
public sealed interface DeviceConfig {
  /** {@return the id a monitor names it by, if it was given one} */
  Optional<String> id();

  /** {@return the name that {@code -device} knows it by} */
  String driver();

  /** {@return the PCI slot that was asked for, 1 to 31; the first free one when empty} */
  OptionalInt slot();

  /**
   * {@code virtio-balloon-pci}.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param properties what it offers the guest
   */
  record Balloon(Optional<String> id, OptionalInt slot, BalloonConfig properties) implements DeviceConfig {
    @Override
    public String driver() { return "virtio-balloon-pci"; }
  }

  /**
   * {@code virtio-rng-pci}, fed by the host's getrandom.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   */
  record Rng(Optional<String> id, OptionalInt slot) implements DeviceConfig {
    @Override
    public String driver() { return "virtio-rng-pci"; }
  }
}
