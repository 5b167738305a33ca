package org.ballastvm.vmm.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
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
    assertEquals(List.of(new Srat.Memory(5 * GIB, 8 * GIB, 0, true), new Srat.Memory(0, 3 * GIB, 1, false),
        new Srat.Memory(4 * GIB, GIB, 1, false), new Srat.Memory(13 * GIB, 8 * GIB, 2, true)),
        srat.affinities().stream().filter(Srat.Memory.class::isInstance).toList());
  }

  /** Every choice of what up to five nodes have, with a place for memory to come and without. */
  @Test
  void linuxKnowsEachNodeByTheNumberThatTheUserGave() {
    for (int count = 1; count <= 5; count++) {
      for (int choice = 0; choice < 1 << 2 * count; choice++) {
        int withMemory = choice & (1 << count) - 1;
        int withProcessors = choice >> count;
        if (withMemory != 0 && withProcessors != 0) {
          NumaConfig numa = nodes(count, withMemory, withProcessors);
          for (long maxGib : new long[]{4, 9}) {
            GuestLayout layout = GuestLayout.of(new MemoryConfig(4 * GIB, 0, maxGib * GIB, Optional.empty()));
            Srat srat = (Srat) NumaTables.of(numa, 8, new CpuTopology(2, 3, 2), layout).getFirst();
            assertKnown(numa, layout, srat);
          }
        }
      }
    }
  }

  /** Whose bit is set has memory, or processors: the last of the nodes the first of the processors. */
  private static NumaConfig nodes(int count, int withMemory, int withProcessors) {
    List<NumaConfig.Node> nodes = new ArrayList<>();
    long left = 4 * GIB;
    for (int node = 0; node < count; node++) {
      boolean isLast = withMemory >> node == 1;
      long bytes = (withMemory >> node & 1) == 0 ? 0 : isLast ? left : left / 2;
      left -= bytes;
      int behind = Integer.bitCount(withProcessors >> node + 1);
      List<Integer> cpus = (withProcessors >> node & 1) == 0
          ? List.of()
          : IntStream.range(0, 8).filter(cpu -> cpu % Integer.bitCount(withProcessors) == behind).boxed().toList();
      nodes.add(new NumaConfig.Node(cpus, bytes, Optional.empty()));
    }
    return new NumaConfig(nodes, List.of());
  }

  private static void assertKnown(NumaConfig numa, GuestLayout layout, Srat srat) {
    String what = numa + " with " + layout.deviceBytes() + " bytes to come: " + srat;
    List<Integer> linux = domainsOfLinux(srat);
    for (int node = 0; node < linux.size(); node++) {
      assertEquals(node, linux.get(node), what);
    }
    int lastThatCanHaveAnything = layout.deviceBytes() > 0 ? numa.nodes().size() : lastNamed(numa) + 1;
    assertEquals(lastThatCanHaveAnything, linux.size(), what);
    List<Srat.Memory> toCome = srat.affinities().stream().filter(Srat.Memory.class::isInstance)
        .map(Srat.Memory.class::cast).filter(Srat.Memory::hotPluggable).toList();
    long at = layout.deviceBase();
    for (Srat.Memory range : toCome) {
      assertEquals(at, range.address(), what);
      assertTrue(range.lengthBytes() > 0, what);
      at += range.lengthBytes();
    }
    assertEquals(layout.deviceBase() + layout.deviceBytes(), at, what);
  }

  private static int lastNamed(NumaConfig numa) {
    return IntStream.range(0, numa.nodes().size())
        .filter(node -> numa.nodes().get(node).memoryBytes() > 0 || !numa.nodes().get(node).cpus().isEmpty()).max()
        .orElseThrow();
  }

  /** As drivers/acpi/numa/srat.c: processors, then memory, and a domain's node is the first that is free. */
  private static List<Integer> domainsOfLinux(Srat srat) {
    Set<Integer> domains = new LinkedHashSet<>();
    for (Srat.Affinity affinity : srat.affinities()) {
      if (affinity instanceof Srat.Processor processor) {
        domains.add(processor.domain());
      } else if (affinity instanceof Srat.NoProcessor none) {
        domains.add(none.domain());
      }
    }
    for (Srat.Affinity affinity : srat.affinities()) {
      if (affinity instanceof Srat.Memory memory && memory.lengthBytes() > 0) {
        domains.add(memory.domain());
      }
    }
    return List.copyOf(domains);
  }

  @Test
  void withoutNodesThereAreNoTables() { assertTrue(tables(NumaConfig.NONE).isEmpty()); }

  @Test
  void acpicaReadsThemAsTheyWereMeant() {
    NumaConfig numa = new NumaConfig(List.of(node(2 * GIB, 0, 1), node(2 * GIB, 2, 3)),
        List.of(List.of(10, 21), List.of(31, 10)));
    MachineFacts facts = new MachineFacts(List.of(new MachineFacts.Cpu(0, true)),
        new MachineFacts.Window(0xc0000000L, 0x3e000000L), Optional.empty(), PciInterruptRouting.swizzled(), 4,
        OptionalInt.empty(), 0, false, false, false, OptionalLong.empty());
    AcpiImage image = MachineTables.of(facts, tables(numa));
    for (String signature : List.of("SRAT", "SLIT", "XSDT")) {
      Acpica.in(directory).roundTrip(signature, image.table(signature));
    }
  }
}
