package org.ballastvm.virtio.pci;

import org.ballastvm.virtio.VirtioDevice;

/** What a device offers and what its driver has chosen of that, 32 bits at a time. Virtio 1.3, 4.1.4.3. */
final class FeatureWords {
  int deviceSelect;
  int driverSelect;
  long chosen;
  /** Whether the driver wrote any that no word holds. */
  boolean unknown;
  private long offered;

  FeatureWords(long offered) { this.offered = offered; }

  void restore(TransportState.Common state) {
    deviceSelect = state.deviceFeatureSelect();
    driverSelect = state.driverFeatureSelect();
    chosen = state.driverFeatures();
    unknown = state.unknownFeatures();
  }

  long offered() { return offered; }

  void offer(long features) { offered = features; }

  void withhold(long features) { offered &= ~features; }

  long offeredWord() { return word(offered, deviceSelect); }

  long chosenWord() { return word(chosen, driverSelect); }

  private static long word(long features, int select) {
    return switch (select) {
      case 0 -> features;
      case 1 -> features >>> 32;
      default -> 0;
    };
  }

  /** The driver writes the word that it has selected. */
  void write(int value) {
    if (driverSelect == 0) {
      chosen = chosen & ~0xffff_ffffL | Integer.toUnsignedLong(value);
    } else if (driverSelect == 1) {
      chosen = chosen & 0xffff_ffffL | (long) value << 32;
    } else if (value != 0) {
      unknown = true;
    }
  }

  /** Whether all that was chosen is offered, and what must be chosen is. */
  boolean mayBeAgreedOn() {
    return (chosen & ~offered) == 0 && !unknown && (chosen & VirtioDevice.VERSION_1) != 0;
  }
}
