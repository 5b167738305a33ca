package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.acpi.AcpiTable;
import org.ballastvm.acpi.Slit;
import org.ballastvm.acpi.Srat;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.cpu.CpuTopology;
import org.ballastvm.vmm.memory.GuestLayout;

/** How ACPI describes nodes: SRAT, and SLIT where distances were given. */
public final class NumaTables {
  private NumaTables() {}

  /**
   * The tables of a machine.
   *
   * @param numa its nodes
   * @param cpuCount its vCPUs
   * @param topology their APIC ids
   * @param layout where memory is
   * @return none for a machine without nodes
   */
  public static List<AcpiTable> of(NumaConfig numa, int cpuCount, CpuTopology topology, GuestLayout layout) {
    List<AcpiTable> tables = new ArrayList<>();
    if (numa.isPresent()) {
      tables.add(srat(numa, cpuCount, topology, layout));
    }
    if (!numa.distances().isEmpty()) {
      tables.add(new Slit(numa.distances()));
    }
    return tables;
  }

  /**
   * Node by node, first the processors of all, then the memory of all: Linux numbers nodes in the order in which it reads of
   * them, processors first, and must come to the numbers that the user gave.
   */
  private static Srat srat(NumaConfig numa, int cpuCount, CpuTopology topology, GuestLayout layout) {
    int nodes = numa.nodes().size();
    List<List<Srat.Affinity>> processors = perNode(nodes);
    List<List<Srat.Affinity>> memory = perNode(nodes);
    for (int cpu = 0; cpu < cpuCount; cpu++) {
      int node = numa.nodeOf(cpu);
      processors.get(node).add(new Srat.Processor(topology.apicId(cpu), node));
    }
    addBase(numa, layout, memory);
    addPluggable(layout, memory);
    nameTheRest(processors, memory);
    List<Srat.Affinity> all = new ArrayList<>();
    processors.forEach(all::addAll);
    memory.forEach(all::addAll);
    return new Srat(all);
  }

  private static List<List<Srat.Affinity>> perNode(int nodes) {
    List<List<Srat.Affinity>> lists = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }

  private static void addBase(NumaConfig numa, GuestLayout layout, List<List<Srat.Affinity>> memory) {
    int node = 0;
    long left = numa.nodes().getFirst().memoryBytes();
    for (GuestLayout.Range range : layout.memory()) {
      for (long at = range.base(); at < range.base() + range.sizeBytes();) {
        while (left == 0) {
          left = numa.nodes().get(++node).memoryBytes();
        }
        long length = Math.min(left, range.base() + range.sizeBytes() - at);
        memory.get(node).add(new Srat.Memory(at, length, node, false));
        at += length;
        left -= length;
      }
    }
  }

  /**
   * From the pluggable range a guest learns how far memory may go, and that nodes may get some which have none: Linux knows
   * no node but those that an enabled range with a length, or a processor, is in. Which node memory belongs to that comes, it
   * says by itself, wherever it is put. The last node has the range where none is empty, as in QEMU.
   */
  private static void addPluggable(GuestLayout layout, List<List<Srat.Affinity>> memory) {
    List<Integer> takers = new ArrayList<>();
    for (int node = 0; node < memory.size(); node++) {
      if (memory.get(node).isEmpty()) {
        takers.add(node);
      }
    }
    if (takers.isEmpty()) {
      takers.add(memory.size() - 1);
    }
    // A power of two, so that a part begins on a boundary of what is plugged.
    long part = Long.highestOneBit(layout.deviceBytes() / takers.size());
    long end = layout.deviceBase() + layout.deviceBytes();
    for (int i = 0; i < takers.size() && part > 0; i++) {
      long at = layout.deviceBase() + i * part;
      long length = i == takers.size() - 1 ? end - at : part;
      memory.get(takers.get(i)).add(new Srat.Memory(at, length, takers.get(i), true));
    }
  }

  /** Names nodes without processors that Linux would count too late, or not at all. */
  private static void nameTheRest(List<List<Srat.Affinity>> processors, List<List<Srat.Affinity>> memory) {
    boolean isProcessorBehind = false;
    boolean isMemoryBehind = false;
    for (int node = processors.size() - 1; node >= 0; node--) {
      boolean isLate = isProcessorBehind || isMemoryBehind && memory.get(node).isEmpty();
      if (processors.get(node).isEmpty() && isLate) {
        processors.get(node).add(new Srat.NoProcessor(node));
      }
      isProcessorBehind |= !processors.get(node).isEmpty();
      isMemoryBehind |= !memory.get(node).isEmpty();
    }
  }
}
