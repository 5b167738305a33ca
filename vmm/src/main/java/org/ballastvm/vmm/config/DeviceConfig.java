package org.ballastvm.vmm.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.virtio.BalloonConfig;
import org.ballastvm.virtio.MemConfig;

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

  /**
   * {@code virtio-mem-pci}.
   *
   * @param id the id, if given
   * @param slot the PCI slot, 1 to 31; the first free one when empty
   * @param memdev id of the {@code -object} with its memory
   * @param node the guest's node that the memory belongs to
   * @param requestedBytes how much the guest should plug at first, in bytes
   * @param blockBytes what is plugged at once, a power of two of at least 1 MiB; what suits the host when empty
   * @param address where its region begins; the first place that is free when empty
   * @param prealloc whether the host takes memory for a block when it is plugged
   * @param inaccessible what the guest is told of blocks that are not plugged
   */
  record Mem(Optional<String> id, OptionalInt slot, String memdev, int node, long requestedBytes,
      OptionalLong blockBytes, OptionalLong address, boolean prealloc, MemConfig.Inaccessible inaccessible)
      implements
        DeviceConfig {
    @Override
    public String driver() { return "virtio-mem-pci"; }
  }
}
