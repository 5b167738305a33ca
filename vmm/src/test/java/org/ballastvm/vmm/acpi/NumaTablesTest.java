package org.ballastvm.vmm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.acpi.AcpiTable;
import org.ballastvm.acpi.Srat;
import org.ballastvm.acpica.Acpica;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.cpu.CpuTopology;
import org.ballastvm.vmm.memory.GuestLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumaTablesTest {
  private static final long GIB = GuestLayout.GIB;
  private static final GuestLayout LAYOUT = GuestLayout.of(new MemoryConfig(4 * GIB, 0, 20 * GIB, Optional.empty()));

  @TempDir
  private Path directory;

  private static List<AcpiTable> tables(NumaConfig numa) {
    return NumaTables.of(numa, 4, new CpuTopology(2, 3, 1), LAYOUT);
  }

  private static NumaConfig.Node node(long bytes, Integer... cpus) {
    return new NumaConfig.Node(List.of(cpus), bytes, Optional.empty());
  }

  @Test
  void theGuestLearnsWhichProcessorsAndWhichMemoryAreNear() {
    Srat srat = (Srat) tables(new NumaConfig(List.of(node(2 * GIB, 0, 1), node(2 * GIB, 2, 3)), List.of())).getFirst();
    assertEquals(List.of(new Srat.Processor(0, 0), new Srat.Processor(1, 0), new Srat.Processor(2, 1),
        new Srat.Processor(4, 1), new Srat.Memory(0, 2 * GIB, 0, false), new Srat.Memory(2 * GIB, GIB, 1, false),
        new Srat.Memory(4 * GIB, GIB, 1, false), new Srat.Memory(5 * GIB, 16 * GIB, 1, true)), srat.affinities());
  }

  @Test
  void aNodeMayHaveNoMemory() {
    Srat srat = (Srat) tables(new NumaConfig(List.of(node(0, 0), node(4 * GIB, 1, 2), node(0, 3)), List.of()))
        .getFirst();
    assertEquals(List.of(new Srat.Memory(0, 3 * GIB, 1, false), new Srat.Memory(4 * GIB, GIB, 1, false),
        new Srat.Memory(5 * GIB, 16 * GIB, 2, true)),
        srat.affinities().stream().filter(Srat.Memory.class::isInstance).toList());
  }

  @Test
  void withoutNodesThereAreNoTables() { assertTrue(tables(NumaConfig.NONE).isEmpty()); }

  @Test
  void acpicaReadsThemAsTheyWereMeant() {
    NumaConfig numa = new NumaConfig(List.of(node(2 * GIB, 0, 1), node(2 * GIB, 2, 3)),
        List.of(List.of(10, 21), List.of(31, 10)));
    MachineFacts facts = new MachineFacts(List.of(new MachineFacts.Cpu(0, true)),
        new MachineFacts.Window(0xc0000000L, 0x3e000000L), Optional.empty(), PciInterruptRouting.swizzled(), 4,
        OptionalInt.empty(), 0, false);
    AcpiImage image = MachineTables.of(facts, tables(numa));
    for (String signature : List.of("SRAT", "SLIT", "XSDT")) {
      Acpica.in(directory).roundTrip(signature, image.table(signature));
    }
  }
}
