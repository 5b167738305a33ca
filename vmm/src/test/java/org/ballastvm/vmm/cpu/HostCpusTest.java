package org.ballastvm.vmm.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.CpuModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What guests read on hosts of all kinds, in groups of all sizes: what belongs together is there together. */
class HostCpusTest {
  private static final int TILES = 3 << 17;
  private static final int AMX_OF_LEAF_7 = 1 << 22 | 1 << 24 | 1 << 25;
  private static final int AVX512 = 7 << 5;

  private static Stream<CpuConfig> topologies() { return GuestCpuidTest.topologies(); }

  private static List<CpuidEntry> guest(HostCpu host, CpuConfig config, int vcpu) {
    return new GuestCpuid(host.supported(), new CpuName("A CPU"), CpuTopology.of(config), true, config.model())
        .forVcpu(vcpu);
  }

  private static CpuidEntry leaf(List<CpuidEntry> leaves, int function, int index) {
    return leaves.stream().filter(leaf -> leaf.function() == function && leaf.index() == index).findFirst()
        .orElse(new CpuidEntry(function, index, 0, 0, 0, 0, 0));
  }

  private static boolean has(List<CpuidEntry> leaves, int function) {
    return leaves.stream().anyMatch(leaf -> leaf.function() == function);
  }

  @ParameterizedTest
  @EnumSource
  void tilesAreThereWholeOrNotAtAll(HostCpu host) {
    List<CpuidEntry> leaves = guest(host, CpuConfig.of(2), 1);
    int tiles = leaf(leaves, 0xd, 0).eax() & TILES;
    boolean whole = tiles == TILES;

    assertTrue(whole || tiles == 0, "XTILECFG and XTILEDATA: 0x" + Integer.toHexString(tiles));
    assertEquals(whole, (leaf(leaves, 7, 0).edx() & AMX_OF_LEAF_7) != 0);
    assertEquals(whole, leaf(leaves, 0x1d, 1).eax() != 0);
    assertEquals(whole, leaf(leaves, 0x1e, 0).ebx() != 0);
    assertEquals(host == HostCpu.SAPPHIRE_RAPIDS_PERMITTED, whole);
  }

  @ParameterizedTest
  @EnumSource
  void eachComponentHasItsPlaceAndTheAreaHoldsAll(HostCpu host) {
    for (String without : List.of("host", "host,-avx512f", "host,-amx-tile", "host,-avx", "host,-pku", "host,-xsave")) {
      List<CpuidEntry> leaves = guest(host, CpuConfig.of(1).with(CpuModel.parse(without)), 0);
      int components = leaf(leaves, 0xd, 0).eax();
      int end = components == 0 ? 0 : 576;
      for (int i = 2; i < 32; i++) {
        CpuidEntry place = leaf(leaves, 0xd, i);
        boolean named = (components & 1 << i) != 0;
        assertEquals(named, place.eax() != 0, without + ", component " + i);
        end = Math.max(end, place.ebx() + place.eax());
      }
      assertEquals(end, leaf(leaves, 0xd, 0).ecx(), without);
      int wide = components & AVX512;
      assertTrue(wide == 0 || wide == AVX512, without + ": 0x" + Integer.toHexString(components));
      assertEquals(wide != 0, (leaf(leaves, 7, 0).ebx() & 1 << 16) != 0, without);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noLeafIsThereTwiceAndTheHypervisorsStayWhole(HostCpu host) {
    topologies().forEach(config -> {
      List<CpuidEntry> leaves = guest(host, config, config.count() - 1);
      Set<List<Integer>> seen = new HashSet<>();
      leaves.forEach(leaf -> assertTrue(seen.add(List.of(leaf.function(), leaf.index())), leaf::toString));
      for (int kvm : new int[]{0x4000_0000, 0x4000_0001}) {
        assertEquals(leaf(host.supported(), kvm, 0), leaf(leaves, kvm, 0));
      }
      assertEquals(leaf(host.supported(), 0x8000_0008, 0).eax(), leaf(leaves, 0x8000_0008, 0).eax());
    });
  }

  @ParameterizedTest
  @EnumSource
  void everyLeafThatNumbersProcessorsSaysTheSame(HostCpu host) {
    topologies().forEach(config -> {
      CpuTopology topology = CpuTopology.of(config);
      for (int i = 0; i < config.count(); i++) {
        List<CpuidEntry> leaves = guest(host, config, i);
        int id = topology.apicId(i);
        List<Integer> ids = new ArrayList<>(List.of(leaf(leaves, 1, 0).ebx() >>> 24, leaf(leaves, 0xb, 1).edx()));
        ids.add(has(leaves, 0x1f) ? leaf(leaves, 0x1f, 1).edx() : id);
        ids.add(has(leaves, 0x8000_001e) ? leaf(leaves, 0x8000_001e, 0).eax() : id);
        ids.add(has(leaves, 0x8000_0026) ? leaf(leaves, 0x8000_0026, 2).edx() : id);
        assertEquals(List.of(id, id, id, id, id), ids, host + " " + config + " vCPU " + i);
        assertEquals(Math.min(255, 1 << topology.packageBits()), leaf(leaves, 1, 0).ebx() >> 16 & 0xff);
        if (has(leaves, 0x8000_001e)) {
          int core = leaf(leaves, 0x8000_001e, 0).ebx() & 0xff;
          assertEquals(i / config.threads() % config.cores() & 0xff, core, "core of vCPU " + i);
        }
      }
    });
  }

  @Test
  void theExtendedTopologyOfAmdIsTheGuestsNotTheHosts() {
    List<CpuidEntry> leaves = guest(HostCpu.EXTENDED_TOPOLOGY, new CpuConfig(12, 2, 3, 2), 7);

    // AMD APM volume 3, E.4.24: shift, processors, and the kind of level: core, complex, socket, none.
    assertEquals(List.of(1, 2, 1), level(leaves, 0));
    assertEquals(List.of(3, 6, 2), level(leaves, 1));
    assertEquals(List.of(3, 6, 4), level(leaves, 2));
    assertEquals(List.of(0, 0, 0), level(leaves, 3));
    assertEquals(0b1001, leaf(leaves, 0x8000_0026, 0).edx());
  }

  private static List<Integer> level(List<CpuidEntry> leaves, int index) {
    CpuidEntry level = leaf(leaves, 0x8000_0026, index);
    return List.of(level.eax(), level.ebx(), level.ecx() >> 8 & 0xff);
  }

  @Test
  void addressesReachAsFarAsNestedPagingWalks() {
    assertEquals(39, GuestCpuid.addressBits(HostCpu.DESKTOP_39_BITS.supported()).getAsInt());
    assertEquals(48, GuestCpuid.addressBits(HostCpu.GENOA.supported()).getAsInt(), "of 52");
    assertEquals(52, GuestCpuid.addressBits(HostCpu.SAPPHIRE_RAPIDS_PERMITTED.supported()).getAsInt());
    assertTrue(GuestCpuid.addressBits(List.of()).isEmpty());
  }
}
