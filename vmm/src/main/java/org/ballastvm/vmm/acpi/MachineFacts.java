package org.ballastvm.vmm.acpi;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What of a machine its ACPI tables describe.
 *
 * @param cpus the processors, boot processor first; a processor's place in the list is its ACPI UID
 * @param lowMmio guest-physical addresses below 4 GiB for PCI memory
 * @param highMmio guest-physical addresses above RAM for PCI memory, if the machine has any
 * @param pciRouting where the interrupt pins of PCI devices are wired
 * @param serialGsi the line of the serial port at 0x3f8, edge-triggered
 * @param rtcGsi the line of the CMOS clock, edge-triggered; without one a guest polls it
 * @param dimmSlots slots for DIMMs, 0 to 256
 * @param panicDevice whether there is a pvpanic device
 * @param pmTimer whether there is a PM timer
 * @param fwCfg whether there is a fw_cfg device
 * @param generation where the number of the machine's generation stands, if it has one
 */
public record MachineFacts(List<Cpu> cpus, Window lowMmio, Optional<Window> highMmio, PciInterruptRouting pciRouting,
    int serialGsi, OptionalInt rtcGsi, int dimmSlots, boolean panicDevice, boolean pmTimer, boolean fwCfg,
    OptionalLong generation) {

  /** A processor: its APIC id, and whether it is there from the start. */
  public record Cpu(int apicId, boolean enabled) {}

  /** A range of guest-physical addresses. */
  public record Window(long base, long lengthBytes) {}

  /** Keeps the list as it is now. */
  public MachineFacts {
    cpus = List.copyOf(cpus);
  }
}
