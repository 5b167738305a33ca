package org.ballastvm.vmm.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.vmm.acpi.AcpiImage;
import org.ballastvm.vmm.acpi.MachineFacts;
import org.ballastvm.vmm.acpi.MachineTables;
import org.ballastvm.vmm.acpi.PciInterruptRouting;
import org.ballastvm.vmm.config.CpuConfig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CPUID as guests read it: each way of asking must return the same topology. */
class GuestCpuidTest {
  private static final int INTEL = 0x756e_6547;
  private static final int AMD = 0x6874_7541;
  private static final int LEVELS_OF_CACHE = 4;

  static Stream<CpuConfig> topologies() {
    return Stream.of(CpuConfig.of(1), CpuConfig.of(2), CpuConfig.of(3), CpuConfig.of(254), new CpuConfig(2, 1, 1, 2),
        new CpuConfig(2, 2, 1, 1), new CpuConfig(6, 2, 3, 1), new CpuConfig(12, 2, 3, 2), new CpuConfig(30, 3, 5, 2),
        new CpuConfig(9, 1, 3, 3), new CpuConfig(128, 1, 64, 2));
  }

  @ParameterizedTest
  @MethodSource("topologies")
  void everyLeafHasTheSameApicIdAndItIsTheTables(CpuConfig config) {
    List<Integer> listed = apicIdsInMadt(config);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < config.count(); i++) {
      List<CpuidEntry> leaves = guest(config, AMD).forVcpu(i);
      int id = leaf(leaves, 1, 0).ebx() >>> 24;
      assertEquals(listed.get(i), id);
      assertEquals(id, leaf(leaves, 0xb, 0).edx());
      assertEquals(id, leaf(leaves, 0xb, 1).edx());
      assertEquals(id, leaf(leaves, 0x1f, 1).edx());
      assertEquals(id, leaf(leaves, 0x8000_001e, 0).eax());
      assertTrue(seen.add(id), "two vCPUs with APIC id " + id);
    }
  }

  @ParameterizedTest
  @MethodSource("topologies")
  void theExtendedLeavesGroupTheVcpusAsAsked(CpuConfig config) {
    for (int function : new int[]{0xb, 0x1f}) {
      Set<Integer> packages = new HashSet<>();
      Set<Integer> cores = new HashSet<>();
      for (int i = 0; i < config.count(); i++) {
        List<CpuidEntry> leaves = guest(config, INTEL).forVcpu(i);
        CpuidEntry thread = leaf(leaves, function, 0);
        CpuidEntry core = leaf(leaves, function, 1);
        assertEquals(1 << 8, thread.ecx(), "the level of threads");
        assertEquals(2 << 8 | 1, core.ecx(), "the level of cores");
        assertEquals(0, leaf(leaves, function, 2).ecx() & 0xff00, "no level above");
        assertEquals(config.threads(), thread.ebx());
        assertEquals(config.cores() * config.threads(), core.ebx());
        packages.add(core.edx() >> core.eax());
        cores.add(thread.edx() >> thread.eax());
      }
      assertEquals(config.sockets(), packages.size());
      assertEquals(config.sockets() * config.cores(), cores.size());
    }
  }

  @ParameterizedTest
  @MethodSource("topologies")
  void theOldIntelLeavesAgree(CpuConfig config) {
    CpuTopology topology = CpuTopology.of(config);
    List<CpuidEntry> leaves = guest(config, INTEL).forVcpu(config.count() - 1);
    CpuidEntry features = leaf(leaves, 1, 0);
    assertEquals(Math.min(255, 1 << topology.packageBits()), features.ebx() >> 16 & 0xff, "APIC ids of a package");
    assertEquals(config.cores() * config.threads() > 1, (features.edx() & 1 << 28) != 0, "HTT");
    for (int i = 0; i < LEVELS_OF_CACHE; i++) {
      CpuidEntry cache = leaf(leaves, 4, i);
      int sharing = (cache.eax() >> 14 & 0xfff) + 1;
      assertEquals(i < 3 ? 1 << topology.threadBits() : 1 << topology.packageBits(), sharing, "cache " + i);
      int coresPerPackage = (cache.eax() >>> 26) + 1;
      assertEquals(Math.min(64, 1 << topology.packageBits() - topology.threadBits()), coresPerPackage);
    }
    assertEquals(0, leaf(leaves, 4, LEVELS_OF_CACHE).eax(), "the end of the list");
    assertEquals(0, leaf(leaves, 0x8000_0001, 0).ecx() & 2, "CmpLegacy is AMD's");
  }

  @ParameterizedTest
  @MethodSource("topologies")
  void theAmdLeavesAgree(CpuConfig config) {
    int perPackage = config.cores() * config.threads();
    Set<Integer> nodes = new HashSet<>();
    for (int i = 0; i < config.count(); i++) {
      List<CpuidEntry> leaves = guest(config, AMD).forVcpu(i);
      CpuidEntry sizes = leaf(leaves, 0x8000_0008, 0);
      assertEquals(perPackage - 1, sizes.ecx() & 0xff);
      int coreIdBits = sizes.ecx() >> 12 & 0xf;
      CpuidEntry extended = leaf(leaves, 0x8000_001e, 0);
      assertEquals(config.threads() - 1, extended.ebx() >> 8 & 0xff);
      assertEquals(extended.ecx() & 0xff, extended.eax() >> coreIdBits, "a node is a package");
      nodes.add(extended.ecx() & 0xff);
      assertEquals(config.threads() - 1, leaf(leaves, 0x8000_001d, 0).eax() >> 14 & 0xfff);
      assertEquals(perPackage - 1, leaf(leaves, 0x8000_001d, 3).eax() >> 14 & 0xfff);
      assertEquals(perPackage > 1, (leaf(leaves, 0x8000_0001, 0).ecx() & 2) != 0, "CmpLegacy");
    }
    assertEquals(config.sockets(), nodes.size());
  }

  @Test
  void aGuestKnowsThatItIsOneAndKeepsWhatTheHostHas() {
    List<CpuidEntry> leaves = guest(CpuConfig.of(1), INTEL).forVcpu(0);

    assertNotEquals(0, leaf(leaves, 1, 0).ecx() & 1 << 31, "hypervisor");
    assertNotEquals(0, leaf(leaves, 1, 0).ecx() & 1 << 21, "x2APIC");
    assertNotEquals(0, leaf(leaves, 1, 0).ecx() & 1 << 24, "TSC deadline");
    assertEquals(0x1234, leaf(leaves, 0x4000_0001, 0).eax());
    assertEquals(0x77, leaf(leaves, 7, 0).ebx());
  }

  @Tag("kvm")
  @Test
  void ofThisHostNoLeafIsThereTwice() {
    try (Kvm kvm = Kvm.open()) {
      CpuConfig config = new CpuConfig(6, 2, 3, 1);
      GuestCpuid cpuid = new GuestCpuid(kvm.supportedCpuid(), CpuName.ofHost(), CpuTopology.of(config), true);
      Set<List<Integer>> seen = new HashSet<>();
      for (CpuidEntry leaf : cpuid.forVcpu(5)) {
        boolean indexed = (leaf.flags() & CpuidEntry.FLAG_SIGNIFICANT_INDEX) != 0;
        assertTrue(seen.add(List.of(leaf.function(), indexed ? leaf.index() : 0)),
            Integer.toHexString(leaf.function()) + "." + leaf.index());
      }
    }
  }

  private static GuestCpuid guest(CpuConfig config, int vendor) {
    List<CpuidEntry> host = new ArrayList<>();
    host.add(new CpuidEntry(0, 0, 0, 0x1f, vendor, 0, 0));
    host.add(new CpuidEntry(1, 0, 0, 0, 0x7f7f_0800, 0, -1));
    for (int i = 0; i <= LEVELS_OF_CACHE; i++) {
      int cache = i == LEVELS_OF_CACHE ? 0 : Math.max(i, 1) << 5 | 1 | 0xffff_c000;
      host.add(new CpuidEntry(4, i, CpuidEntry.FLAG_SIGNIFICANT_INDEX, cache, 0, 0, 0));
      host.add(new CpuidEntry(0x8000_001d, i, CpuidEntry.FLAG_SIGNIFICANT_INDEX, cache, 0, 0, 0));
    }
    host.add(new CpuidEntry(7, 0, CpuidEntry.FLAG_SIGNIFICANT_INDEX, 0, 0x77, 0, 0));
    for (int function : new int[]{0xb, 0x1f}) {
      host.add(new CpuidEntry(function, 0, CpuidEntry.FLAG_SIGNIFICANT_INDEX, 9, 9, 9, 9));
    }
    host.add(new CpuidEntry(0x4000_0001, 0, 0, 0x1234, 0, 0, 0));
    for (int function : new int[]{0x8000_0001, 0x8000_0008, 0x8000_001e}) {
      host.add(new CpuidEntry(function, 0, 0, -1, -1, -1, -1));
    }
    return new GuestCpuid(host, new CpuName("A CPU"), CpuTopology.of(config), true);
  }

  private static CpuidEntry leaf(List<CpuidEntry> leaves, int function, int index) {
    List<CpuidEntry> found = leaves.stream().filter(l -> l.function() == function && l.index() == index).toList();
    assertEquals(1, found.size(), Integer.toHexString(function) + "." + index);
    return found.getFirst();
  }

  /** The local APICs of the MADT that a machine of this topology has. */
  private static List<Integer> apicIdsInMadt(CpuConfig config) {
    CpuTopology topology = CpuTopology.of(config);
    List<MachineFacts.Cpu> cpus = IntStream.range(0, config.count())
        .mapToObj(i -> new MachineFacts.Cpu(topology.apicId(i), true)).toList();
    AcpiImage image = MachineTables.of(new MachineFacts(cpus, new MachineFacts.Window(0xc000_0000L, 0x1000_0000),
        Optional.empty(), PciInterruptRouting.swizzled(), 4, OptionalInt.empty(), 0, false, false, false,
        OptionalLong.empty()));
    ByteBuffer tables = ByteBuffer.wrap(image.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    int madt = 0;
    while (tables.getInt(madt) != 0x4349_5041) { // "APIC"
      madt += 4;
    }
    List<Integer> ids = new ArrayList<>();
    for (int at = madt + 44; at < madt + tables.getInt(madt + 4); at += tables.get(at + 1)) {
      if (tables.get(at) == 0) {
        ids.add(tables.get(at + 3) & 0xff);
      }
    }
    return ids;
  }
}
