package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.CpuidEntry;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.config.CpuModel;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.HostCpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole machines on hosts that there are none of here: what KVM is asked, in which order, and what is made of its answers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("try") // Some machines need only be there.
class FakeHostTest {
  private static final int TILES = 3 << 17;
  private static final int MISC_ENABLE = 0x1a0;
  private static final int MTRR_DEFAULT_TYPE = 0x2ff;
  private static final long GIB = 1L << 30;

  @TempDir
  private Path directory;

  private TestMachine guest() throws IOException {
    return TestMachine.of(directory, new Program().halt()).with(CpuConfig.of(2));
  }

  private static Machine start(TestMachine guest) {
    return Machine.start(guest.config(), System.err::println, machine -> {
      // No monitors.
    });
  }

  @Test
  void tilesAreAskedForBeforeCpuidAndTheFirstVcpu() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported())
        .allowsOnRequest(TILES, HostCpu.SAPPHIRE_RAPIDS_PERMITTED.supported()); Machine machine = start(guest())) {
      List<String> asked = kvm.asked();
      int request = asked.indexOf("arch_prctl 0x1025");
      assertTrue(request >= 0, asked::toString);
      assertTrue(request < asked.indexOf("KVM_GET_SUPPORTED_CPUID"), asked::toString);
      assertTrue(request < asked.indexOf("KVM_CREATE_VCPU"), asked::toString);
      assertEquals(TILES, components(kvm.cpuid(1)) & TILES);
    }
  }

  @Test
  void withoutThePermissionAGuestHasNoTiles() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_CONFIG_ONLY.supported());
        Machine machine = start(guest())) {
      assertEquals(0, components(kvm.cpuid(0)) & TILES);
    }
  }

  private static int components(List<CpuidEntry> cpuid) {
    return cpuid.stream().filter(leaf -> leaf.function() == 0xd && leaf.index() == 0).findFirst().orElseThrow().eax();
  }

  @Test
  void registersOfVcpusAreReadBySizeWhereTheyDoNotFitInAPage() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.SAPPHIRE_RAPIDS_PERMITTED.supported()).has(KvmCap.XSAVE2, 11008)
        .refuses("KVM_GET_XSAVE", Errno.EINVAL); Machine machine = start(guest())) {
      machine.whileVcpusAreOut(() -> machine.vcpus().getFirst().vcpu().registers().getFpu());
      assertTrue(kvm.asked().contains("KVM_GET_XSAVE2 vCPU 0"));
    }
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()).has(KvmCap.XSAVE2, 0).refuses("KVM_GET_XSAVE2",
        Errno.ENOTTY); Machine machine = start(guest())) {
      machine.whileVcpusAreOut(() -> machine.vcpus().getFirst().vcpu().registers().getFpu());
      assertTrue(kvm.asked().contains("KVM_GET_XSAVE vCPU 0"));
    }
  }

  @Test
  void allMemoryIsWriteBackAndWhatTheProcessorLacksStaysSaid() throws IOException {
    long noBranchTraceStore = 1 << 11;
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.GENOA.supported()).startsWithMsr(MISC_ENABLE, noBranchTraceStore);
        Machine machine = start(guest())) {
      for (int vcpu = 0; vcpu < 2; vcpu++) {
        assertEquals(1 << 11 | 6, kvm.msr(vcpu, MTRR_DEFAULT_TYPE));
        assertEquals(noBranchTraceStore | 1, kvm.msr(vcpu, MISC_ENABLE));
      }
    }
  }

  @Test
  void aProcessorWithoutMtrrsStartsAllTheSame() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.K10.supported()).refuses("MSR 0x2ff", Errno.EINVAL);
        Machine machine = start(guest())) {
      assertEquals(1, kvm.msr(0, MISC_ENABLE));
    }
  }

  @Test
  void thePitDropsTicksInEveryVm() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.GENOA.supported()); Machine machine = start(guest())) {
      List<String> asked = kvm.asked();
      assertEquals(asked.indexOf("KVM_CREATE_PIT2"), asked.lastIndexOf("KVM_CREATE_PIT2"));
      assertTrue(asked.indexOf("KVM_CREATE_PIT2") < asked.indexOf("KVM_REINJECT_CONTROL"), asked::toString);
      assertFalse(kvm.reinjectsPit());
      machine.reset();
      assertFalse(kvm.reinjectsPit(), "after a reset");
    }
  }

  @Test
  void memoryThatTheProcessorCannotAddressIsRefused() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.DESKTOP_39_BITS.supported())) {
      assertEquals("-m maxmem=1 TiB: Address space limit 0x7fffffffff < 0x100ffffffff phys-bits too low (39)",
          refused(guest().with(new MemoryConfig(GIB, 1, 1024 * GIB, Optional.empty()))));
      assertFalse(kvm.asked().contains("KVM_CREATE_VM"));
      try (Machine machine = start(guest().with(new MemoryConfig(GIB, 1, 500 * GIB, Optional.empty())))) {
        assertTrue(kvm.asked().contains("KVM_CREATE_VM"));
      }
    }
  }

  private static String refused(TestMachine guest) {
    return assertThrows(UserError.class, () -> start(guest).close()).getMessage();
  }

  @Test
  void featuresThatAreUnwantedAreWithheldFromEveryVcpu() throws IOException {
    CpuConfig without = CpuConfig.of(2).with(CpuModel.parse("host,-svm"));
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()); Machine machine = start(guest().with(without))) {
      for (int vcpu = 0; vcpu < 2; vcpu++) {
        assertTrue(kvm.cpuid(vcpu).stream().noneMatch(leaf -> leaf.function() == 0x8000_0001 && (leaf.ecx() & 4) != 0
            || leaf.function() == 0x8000_000a && leaf.edx() != 0));
      }
    }
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported())) {
      assertEquals("-cpu enforce: Host doesn't support requested features: avx512f, CPUID.07H:EBX [bit 16]",
          refused(guest().with(CpuConfig.of(1).with(CpuModel.parse("host,+avx512f,enforce")))));
    }
  }

  @Test
  void whatAKvmLacksIsNamed() throws IOException {
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()).has(KvmCap.IRQFD, 0)) {
      String message = refused(guest());
      assertTrue(message.startsWith("/dev/kvm: this host's KVM lacks KVM_CAP_IRQFD"), message);
      kvm.has(KvmCap.IRQFD, 1).refuses("KVM_CREATE_VM", Errno.EBUSY);
      TestMachine guest = guest();
      assertEquals(Errno.EBUSY, assertThrows(HostError.class, () -> start(guest).close()).errno());
    }
  }

  @Test
  void whatIsMoreThanTheHostHasIsWarnedOf() {
    CpuConfig four = CpuConfig.of(4).with(CpuModel.parse("host,+avx2,+avx512f"));
    List<CpuidEntry> cpuid = HostCpu.MILAN.supported();
    try (FakeKvm fake = FakeKvm.begin(cpuid).has(KvmCap.NR_VCPUS, 2); Kvm kvm = Kvm.open()) {
      assertEquals(
          List.of("Number of SMP cpus requested (4) exceeds the recommended cpus supported by KVM (2)",
              "host doesn't support requested feature: avx512f, CPUID.07H:EBX [bit 16]"),
          KvmNeeds.warnings(kvm, cpuid, four));
      fake.has(KvmCap.NR_VCPUS, 4);
      assertEquals(List.of(), KvmNeeds.warnings(kvm, cpuid, CpuConfig.of(4)));
    }
  }

  @Test
  void aVmWithoutPmuIsMadeSoBeforeItsFirstVcpuAndAfterAReset() throws IOException {
    CpuConfig without = CpuConfig.of(1).with(CpuModel.parse("host,pmu=off"));
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()); Machine machine = start(guest().with(without))) {
      int disabled = kvm.asked().indexOf("KVM_ENABLE_CAP");
      assertTrue(disabled >= 0 && disabled < kvm.asked().indexOf("KVM_CREATE_VCPU"), () -> kvm.asked().toString());
      machine.reset();
      assertEquals(2, kvm.asked().stream().filter("KVM_ENABLE_CAP"::equals).count());
    }
    try (FakeKvm kvm = FakeKvm.begin(HostCpu.MILAN.supported()); Machine machine = start(guest())) {
      assertFalse(kvm.asked().contains("KVM_ENABLE_CAP"));
    }
  }
}
