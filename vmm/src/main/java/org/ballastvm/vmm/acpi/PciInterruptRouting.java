package org.ballastvm.vmm.acpi;

/** Which interrupt line a PCI device's pin is wired to; the tables say it, and the PCI host must do it. */
@FunctionalInterface
public interface PciInterruptRouting {
  /** Devices on a PCI bus. */
  int SLOTS = 32;
  /** Interrupt pins of a device, INTA to INTD. */
  int PINS = 4;
  /** The first I/O APIC input that PCI uses; the ones below are left to the machine's fixed devices. */
  int FIRST_GSI = 16;
  /** How many inputs PCI uses: the rest of the I/O APIC. */
  int GSI_COUNT = 8;

  /**
   * The global interrupt number of a pin.
   *
   * @param slot 0 to 31
   * @param pin 0 for INTA to 3 for INTD
   */
  int gsi(int slot, int pin);

  /** The machine's wiring: neighbouring slots begin on neighbouring lines, so that eight devices share nothing. */
  static PciInterruptRouting swizzled() {
    return (slot, pin) -> FIRST_GSI + (slot + pin) % GSI_COUNT;
  }
}
