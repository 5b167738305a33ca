package org.ballastvm.device;

import org.ballastvm.pci.PciIdentity;

/** A function on PCI: configuration space, BARs, interrupts by MSI-X and by a pin, and memory of its guest. */
public non-sealed interface SimplePci extends Device {
  /** {@return who it is} */
  PciIdentity identity();

  /** {@return the size of each of its BARs in bytes, powers of two from 16 to 16 MiB, 0 for one it lacks; by default one page} */
  default int[] barBytes() {
    return new int[]{4096};
  }

  /** {@return how many messages it can send, 0 to 64; if any, the BAR behind its last one is their table} */
  default int vectors() {
    return 0;
  }

  /**
   * It is in a machine.
   *
   * @param port what it has of it
   */
  default void plugged(PciPort port) {
    // One that only answers needs nothing.
  }

  /**
   * The guest reads one of its BARs.
   *
   * @param bar which
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @return the value in the low {@code width} bytes
   */
  long read(int bar, long offset, int width);

  /**
   * The guest writes one of its BARs.
   *
   * @param bar which
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @param value in the low {@code width} bytes
   */
  void write(int bar, long offset, int width, long value);

  /** The machine was reset: it is as it was at power-on. */
  default void reset() {
    // One that only answers keeps nothing.
  }
}
