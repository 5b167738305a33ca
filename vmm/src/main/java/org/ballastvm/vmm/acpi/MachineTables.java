package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.ballastvm.acpi.AcpiTable;
import org.ballastvm.acpi.Dsdt;
import org.ballastvm.acpi.Fadt;
import org.ballastvm.acpi.Madt;
import org.ballastvm.acpi.PortRegister;
import org.ballastvm.acpi.Rsdp;
import org.ballastvm.acpi.TableIdentity;
import org.ballastvm.acpi.Xsdt;

/**
 * The machine's ACPI tables: hardware-reduced, so that a guest finds nothing to probe for that is not there.
 *
 * <p>A guest on hardware-reduced ACPI neither programs nor masks the 8259s (Linux: {@code acpi_generic_reduced_hw_init}).
 * A device's line must therefore reach the I/O APIC alone: KVM's default routing also raises the 8259, which after reset
 * is unmasked and would deliver, through LINT0, vectors that the processor takes for exceptions.
 */
public final class MachineTables {
  /** Where the tables are laid: the BIOS area, which the memory map gives to the guest as reserved. */
  public static final long BASE = 0xe0000;
  /** How many bytes from {@link #BASE} they may take: up to 1 MiB. */
  public static final int MAX_BYTES = 0x20000;

  /** What else lies among the ACPI tables, by the name that {@link AcpiImage#addressOf} has for it: the SMBIOS tables. */
  public static final String SMBIOS = "SMBIOS";
  /** What the end of the area is kept for: small things at addresses of their own. */
  private static final int END_BYTES = 0x2000;

  private static final String OEM = "BALLST";
  private static final TableIdentity IDENTITY = new TableIdentity(OEM, "BALLAST", 1, "BLST", 1);

  private MachineTables() {}

  /** The tables of a machine, laid out from {@link #BASE}. */
  public static AcpiImage of(MachineFacts facts) {
    return of(facts, List.of());
  }

  /** The tables of a machine and more that the root table is to list, laid out from {@link #BASE}. */
  public static AcpiImage of(MachineFacts facts, List<AcpiTable> more) {
    return of(facts, more, new byte[0]);
  }

  /** The same, and the SMBIOS tables behind them, to which no ACPI table leads. */
  public static AcpiImage of(MachineFacts facts, List<AcpiTable> more, byte[] smbios) {
    AcpiImage.Layout layout = new AcpiImage.Layout(BASE, MAX_BYTES - END_BYTES);
    layout.reserve("RSDP", Rsdp.LENGTH_BYTES);
    long dsdt = place(layout, new Dsdt(MachineDevices.of(facts)));
    List<Long> listed = new ArrayList<>();
    listed.add(place(layout, fadt(dsdt, facts.pmTimer())));
    listed.add(place(layout, madt(facts.cpus())));
    more.forEach(table -> listed.add(place(layout, table)));
    long xsdt = place(layout, new Xsdt(listed));
    layout.place(MpTable.SIGNATURE, MpTable.of(facts));
    layout.place(SMBIOS, smbios);
    layout.fill("RSDP", new Rsdp(OEM, xsdt).toBytes());
    return layout.image();
  }

  private static long place(AcpiImage.Layout layout, AcpiTable table) {
    return layout.place(table.signature(), table.toBytes(IDENTITY));
  }

  private static Fadt fadt(long dsdt, boolean pmTimer) {
    Set<Fadt.Flag> flags = Set.of(Fadt.Flag.WBINVD, Fadt.Flag.POWER_BUTTON, Fadt.Flag.SLEEP_BUTTON, Fadt.Flag.FIX_RTC,
        Fadt.Flag.RESET_REG_SUP, Fadt.Flag.HW_REDUCED_ACPI);
    // No 8042 is claimed, so no guest waits for one; the CMOS clock is there.
    Set<Fadt.BootFlag> bootFlags = Set.of(Fadt.BootFlag.VGA_NOT_PRESENT);
    return new Fadt(dsdt, flags, bootFlags, AcpiPorts.CMOS_CENTURY, new PortRegister(AcpiPorts.SLEEP_CONTROL),
        new PortRegister(AcpiPorts.SLEEP_STATUS), new PortRegister(AcpiPorts.RESET_CONTROL), AcpiPorts.RESET_VALUE,
        pmTimer ? AcpiPorts.PM_TIMER : 0, "BALLAST");
  }

  private static Madt madt(List<MachineFacts.Cpu> cpus) {
    List<Madt.Entry> entries = new ArrayList<>();
    for (int uid = 0; uid < cpus.size(); uid++) {
      MachineFacts.Cpu cpu = cpus.get(uid);
      Madt.Presence presence = cpu.enabled() ? Madt.Presence.ENABLED : Madt.Presence.ONLINE_CAPABLE;
      entries.add(new Madt.Processor(uid, cpu.apicId(), presence));
    }
    entries.add(new Madt.IoApic(0, Apics.IO_APIC_BASE, 0));
    int nonMaskableLint = 1;
    entries.add(new Madt.NmiInput(nonMaskableLint));
    return new Madt(Apics.LOCAL_APIC_BASE, false, entries);
  }
}
