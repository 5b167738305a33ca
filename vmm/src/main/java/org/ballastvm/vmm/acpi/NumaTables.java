package org.ballastvm.vmm.acpi;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.acpi.AcpiTable;
import org.ballastvm.acpi.Slit;
import org.ballastvm.acpi.Srat;
import org.ballastvm.vmm.config.NumaConfig;
import org.ballastvm.vmm.cpu.CpuTopology;
import org.ballastvm.vmm.memory.GuestLayout;

/** What ACPI tells of nodes: SRAT, and SLIT where distances were given. */
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

  private static Srat srat(NumaConfig numa, int cpuCount, CpuTopology topology, GuestLayout layout) {
    List<Srat.Affinity> affinities = new ArrayList<>();
    for (int cpu = 0; cpu < cpuCount; cpu++) {
      affinities.add(new Srat.Processor(topology.apicId(cpu), numa.nodeOf(cpu)));
    }
    int node = 0;
    long left = numa.nodes().getFirst().memoryBytes();
    for (GuestLayout.Range range : layout.memory()) {
      for (long at = range.base(); at < range.base() + range.sizeBytes();) {
        while (left == 0) {
          left = numa.nodes().get(++node).memoryBytes();
        }
        long length = Math.min(left, range.base() + range.sizeBytes() - at);
        affinities.add(new Srat.Memory(at, length, node, false));
        at += length;
        left -= length;
      }
    }
    if (layout.deviceBytes() > 0) {
      // As QEMU: a guest learns from it how far memory may go. What comes says its node by itself.
      affinities.add(new Srat.Memory(layout.deviceBase(), layout.deviceBytes(), numa.nodes().size() - 1, true));
    }
    return new Srat(affinities);
  }
}
