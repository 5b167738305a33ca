package org.ballastvm.vmm.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.CpuFeature;
import org.ballastvm.vmm.config.CpuFeatureNames;
import org.ballastvm.vmm.config.CpuModel;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -cpu host,-FEATURE}: what a user does not want a guest to have, it has not, and nothing that needs it. */
class GuestFeaturesTest {
  private static boolean has(HostCpu host, String cpu, String feature) {
    CpuModel model = CpuModel.parse(cpu);
    List<CpuidEntry> leaves = new GuestCpuid(host.supported(), new CpuName("A CPU"), CpuTopology.of(CpuConfig.of(2)),
        true, model).forVcpu(0);
    CpuidTable table = new CpuidTable(leaves);
    return CpuFeatureNames.find(feature).stream()
        .anyMatch(bit -> table.has(bit.function(), bit.index(), bit.register(), bit.mask()));
  }

  @ParameterizedTest
  @EnumSource
  void anyFeatureCanBeTakenAway(HostCpu host) {
    for (String feature : CpuFeatureNames.all()) {
      assertTrue(!has(host, "host,-" + feature, feature), host + " still has " + feature);
      assertTrue(!has(host, "max," + feature + "=off", feature), host + " still has " + feature);
    }
  }

  @Test
  void whatNeedsAFeatureGoesWithIt() {
    HostCpu intel = HostCpu.SAPPHIRE_RAPIDS_PERMITTED;
    for (String needy : List.of("avx2", "fma", "avx512f", "avx512bw", "avx512_bf16", "avx512-fp16", "avx-vnni")) {
      assertTrue(has(intel, "host", needy), needy);
      assertTrue(!has(intel, "host,-avx", needy), needy);
    }
    for (String needy : List.of("amx-int8", "amx_bf16")) {
      assertTrue(has(intel, "host", needy), needy);
      assertTrue(!has(intel, "host,-amx_tile", needy), needy);
    }
    assertTrue(has(HostCpu.MILAN, "host", "npt") && !has(HostCpu.MILAN, "host,-svm", "npt"));
    assertTrue(has(intel, "host", "vmx") && !has(intel, "host,vmx=off", "vmx"));
  }

  @Test
  void withoutAPmuNoLeafShowsOne() {
    for (HostCpu host : HostCpu.values()) {
      CpuModel model = CpuModel.parse("host,pmu=off");
      GuestCpuid cpuid = new GuestCpuid(host.supported(), new CpuName(""), CpuTopology.of(CpuConfig.of(1)), true,
          model);
      CpuidTable table = new CpuidTable(cpuid.forVcpu(0));
      assertEquals(0, table.word(0xa, 0, CpuFeature.Register.EAX), host.toString());
      assertEquals(0, table.word(0x8000_0022, 0, CpuFeature.Register.EAX), host.toString());
      assertTrue(!has(host, "host,-pmu", "pdcm") && !has(host, "host,pmu=off", "perfctr_core"), host.toString());
    }
  }

  @Test
  void theLastWordCounts() {
    assertTrue(has(HostCpu.GENOA, "host,-avx2,+avx2", "avx2"));
    assertTrue(!has(HostCpu.GENOA, "host,+avx2,avx2=off", "avx2"));
    assertTrue(has(HostCpu.GENOA, "host,migratable=off,host-phys-bits=on,check", "avx2"));
  }

  @Test
  void whatTheHostLacksIsNamed() {
    assertEquals(List.of("avx512f, CPUID.07H:EBX [bit 16]"),
        GuestCpuid.missing(HostCpu.MILAN.supported(), CpuModel.parse("host,+avx512f,avx2=on")));
    assertEquals(List.of(), GuestCpuid.missing(HostCpu.GENOA.supported(), CpuModel.parse("host,+avx512f")));
  }

  @Test
  void anUnknownModelOrFeatureIsRefusedBySaying() {
    assertEquals("-cpu EPYC: Ballast has only host, which is called max too",
        assertThrows(UserError.class, () -> CpuModel.parse("EPYC,-svm")).getMessage());
    assertEquals(
        "-cpu host,-amx: there is no feature 'amx'; -cpu help lists them, by the names that QEMU and Linux have"
            + " for them",
        assertThrows(UserError.class, () -> CpuModel.parse("host,-amx")).getMessage());
    assertEquals("-cpu host,kvm=off: kvm is always on here",
        assertThrows(UserError.class, () -> CpuModel.parse("host,kvm=off")).getMessage());
    assertEquals("-cpu vmx=maybe: must be on or off",
        assertThrows(UserError.class, () -> CpuModel.parse("host,vmx=maybe")).getMessage());
  }
}
