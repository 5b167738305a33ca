package org.ballastvm.vmm.acpi;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.vmm.smbios.SmbiosTables;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What docs/machine.md promises to guests is what the constants say. */
class MachineDocumentTest {
  private String document;

  @BeforeEach
  void read() throws IOException { document = Files.readString(Path.of("..", "docs", "machine.md")); }

  @Test
  void everyPortIsWhereTheDocumentHasIt() {
    promises("| `0x%04x`-`0x%04x` | dword | event selector".formatted(AcpiPorts.GED_SELECTOR,
        AcpiPorts.GED_SELECTOR + AcpiPorts.GED_SELECTOR_BYTES - 1));
    promises("| `0x%04x` | byte | sleep control: `0x%02x`".formatted(AcpiPorts.SLEEP_CONTROL,
        AcpiPorts.SLEEP_ENABLE | AcpiPorts.SLEEP_TYPE_S5 << AcpiPorts.SLEEP_TYPE_SHIFT));
    promises("| `0x%04x` | byte | sleep status".formatted(AcpiPorts.SLEEP_STATUS));
    promises("| `0x%04x`-`0x%04x` | dword, byte | memory hotplug".formatted(AcpiPorts.MEMORY_HOTPLUG_BASE,
        AcpiPorts.MEMORY_HOTPLUG_BASE + AcpiPorts.MEMORY_HOTPLUG_BYTES - 1));
    promises("| `0x%04x`-`0x%04x` | dword | PCI hotplug".formatted(AcpiPorts.PCI_HOTPLUG_BASE,
        AcpiPorts.PCI_HOTPLUG_BASE + AcpiPorts.PCI_HOTPLUG_BYTES - 1));
    promises("| `0x%04x` | byte | reset control".formatted(AcpiPorts.RESET_CONTROL));
    promises("| `0x%04x` | byte | pvpanic".formatted(AcpiPorts.PANIC));
    promises("| `0x%04x`-`0x%04x` | byte, word, dword | fw_cfg".formatted(AcpiPorts.FW_CFG,
        AcpiPorts.FW_CFG + AcpiPorts.FW_CFG_BYTES - 1));
    promises("the tables ask for `0x%02x`".formatted(AcpiPorts.RESET_VALUE));
  }

  @Test
  void linesAndAddressesAreAsTheDocumentHasThem() {
    promises("| %d | edge | generic event device".formatted(AcpiPorts.GED_GSI));
    promises("| %d-%d | level | PCI INTx".formatted(PciInterruptRouting.FIRST_GSI,
        PciInterruptRouting.FIRST_GSI + PciInterruptRouting.GSI_COUNT - 1));
    promises("root pointer at `0x%x`".formatted(MachineTables.BASE));
    promises("| `0x%08x` | `0x%08x` | ACPI tables".formatted(MachineTables.BASE,
        MachineTables.BASE + MachineTables.MAX_BYTES - 1));
    promises("entry point at `0x%x`".formatted(SmbiosTables.ENTRY_POINT));
    promises("| `0x%x` | `0xfec00fff` | I/O APIC".formatted(Apics.IO_APIC_BASE));
    promises("| `0x%x` | `0xfee00fff` | local APICs".formatted(Apics.LOCAL_APIC_BASE));
  }

  private void promises(String sentence) {
    assertTrue(document.contains(sentence), "docs/machine.md does not say: " + sentence);
  }
}
