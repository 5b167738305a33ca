package org.ballastvm.vmm.bus;

/** A wire to the interrupt controller. */
@FunctionalInterface
public interface IrqLine {
  /**
   * Drives the wire; setting it to what it is already has no effect.
   *
   * @param high whether it is asserted
   */
  void set(boolean high);
}
