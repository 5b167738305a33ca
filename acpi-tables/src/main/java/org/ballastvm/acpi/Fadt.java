package org.ballastvm.acpi;

import java.util.Set;

/**
 * The fixed description of a hardware-reduced machine, revision 6.3 (ACPI 6.5, 5.2.9 and 4.1): it has none of the fixed
 * ACPI registers, so their fields stay zero; sleeping goes through the sleep registers and events through a device.
 *
 * @param dsdtAddress guest-physical address of the DSDT
 * @param flags what the machine is and can do
 * @param bootFlags what of a PC it has or lacks
 * @param centuryRegister index of the CMOS clock's century byte, 0 if it has none
 * @param sleepControl the register that enters a sleep state
 * @param sleepStatus the register that shows waking
 * @param reset the register that resets the machine
 * @param resetValue what to write there
 * @param pmTimer the port of a PM timer, 0 for none: not part of a hardware-reduced machine, and Linux uses it all the same
 *        (arch/x86/kernel/acpi/boot.c, acpi_parse_fadt)
 * @param hypervisor who runs the machine, at most 8 characters
 */
public record Fadt(long dsdtAddress, Set<Flag> flags, Set<BootFlag> bootFlags, int centuryRegister,
    PortRegister sleepControl,
    PortRegister sleepStatus, PortRegister reset, int resetValue, int pmTimer, String hypervisor) implements AcpiTable {
  private static final int MINOR_REVISION = 3;
  private static final int SYSTEM_IO = 1;
  private static final int DWORD_ACCESS = 3;
  private static final int PM_TIMER_BYTES = 4;

  /** Bits of the feature flags (ACPI 6.5, table 5.10). */
  public enum Flag {
    /** The processor's WBINVD works. */
    WBINVD(0),
    /** There is no fixed-register power button; if there is one at all, it is a device. */
    POWER_BUTTON(4),
    /** There is no fixed-register sleep button; if there is one at all, it is a device. */
    SLEEP_BUTTON(5),
    /** The RTC's wake status is not in fixed registers. */
    FIX_RTC(6),
    /** The reset register works. */
    RESET_REG_SUP(10),
    /** None of the fixed ACPI hardware is there. */
    HW_REDUCED_ACPI(20);

    final int bit;

    Flag(int bit) { this.bit = bit; }
  }

  /** Bits of the IA-PC boot architecture flags (ACPI 6.5, table 5.11). */
  public enum BootFlag {
    /** There are devices on an ISA or LPC bus that the user sees. */
    LEGACY_DEVICES(0),
    /** There is a keyboard controller. */
    KEYBOARD_8042(1),
    /** There is no VGA to probe for. */
    VGA_NOT_PRESENT(2),
    /** Message-signalled interrupts must not be used. */
    MSI_NOT_SUPPORTED(3),
    /** There is no CMOS RTC. */
    CMOS_RTC_NOT_PRESENT(5);

    final int bit;

    BootFlag(int bit) { this.bit = bit; }
  }

  /** Keeps the sets as they are now. */
  public Fadt {
    flags = Set.copyOf(flags);
    bootFlags = Set.copyOf(bootFlags);
  }

  @Override
  public String signature() { return "FACP"; }

  @Override
  public int revision() { return 6; }

  @Override
  public byte[] body() {
    long allFlags = flags.stream().mapToLong(flag -> 1L << flag.bit).sum();
    int allBootFlags = bootFlags.stream().mapToInt(flag -> 1 << flag.bit).sum();
    ByteSink out = new ByteSink();
    pad(out, 76).u32(pmTimer);
    pad(out, 91).u8(pmTimer == 0 ? 0 : PM_TIMER_BYTES);
    pad(out, 108).u8(centuryRegister).u16(allBootFlags);
    pad(out, 112).u32(allFlags);
    reset.writeTo(out);
    out.u8(resetValue);
    pad(out, 131).u8(MINOR_REVISION);
    pad(out, 140).u64(dsdtAddress);
    pad(out, 208);
    if (pmTimer != 0) {
      out.u8(SYSTEM_IO).u8(PM_TIMER_BYTES * Byte.SIZE).u8(0).u8(DWORD_ACCESS).u64(pmTimer);
    }
    pad(out, 244);
    sleepControl.writeTo(out);
    sleepStatus.writeTo(out);
    return out.text(hypervisor, 8, '\0').toArray();
  }

  /** Zeros up to where the specification has the next field, counted from the table's begin. */
  private static ByteSink pad(ByteSink out, int tableOffset) {
    return out.zeros(tableOffset - HEADER_BYTES - out.length());
  }
}
