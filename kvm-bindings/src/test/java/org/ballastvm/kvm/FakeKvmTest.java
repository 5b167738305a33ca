package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The KVM of hosts that there are none of here does what a real one would, as far as it goes. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FakeKvmTest {
  private static final CpuidEntry LEAF = new CpuidEntry(7, 1, CpuidEntry.FLAG_SIGNIFICANT_INDEX, 1, 2, 3, -1);

  @Test
  void whatWasSetComesBackAndTheOrderIsKept() {
    try (FakeKvm fake = FakeKvm.begin(List.of(LEAF)).startsWithMsr(0x1a0, 0x1800);
        Kvm kvm = Kvm.open();
        KvmVm vm = kvm.createVm();
        Vcpu vcpu = vm.createVcpu(3)) {
      vcpu.setCpuid(kvm.supportedCpuid());
      vcpu.msrs().set(Map.of(0x10, 5L));
      Registers set = Registers.start(1, 2, 3, 4);
      vcpu.registers().setGeneral(set);

      assertEquals(set, vcpu.registers().getGeneral());
      assertEquals(List.of(LEAF), fake.cpuid(3));
      assertEquals(5, vcpu.msrs().get(0x10));
      assertEquals(0x1800, vcpu.msrs().get(0x1a0));
      assertEquals(List.of("KVM_GET_API_VERSION", "KVM_GET_VCPU_MMAP_SIZE", "KVM_CREATE_VM", "KVM_CREATE_VCPU",
          "KVM_CHECK_EXTENSION", "KVM_GET_SUPPORTED_CPUID", "KVM_SET_CPUID2 vCPU 3"), fake.asked().subList(0, 7));
    }
  }

  @Test
  void aStateIsTakenAndPutBackInTheOrderInWhichItsPartsActUponEachOther() {
    try (FakeKvm fake = FakeKvm.begin(List.of());
        Kvm kvm = Kvm.open();
        KvmVm vm = kvm.createVm();
        Vcpu vcpu = vm.createVcpu(0)) {
      int before = fake.asked().size();
      VcpuState state = VcpuState.of(vcpu, List.of(0x10));
      List<String> taken = fake.asked().subList(before, fake.asked().size());
      state.apply(vcpu);
      List<String> put = fake.asked().subList(before + taken.size(), fake.asked().size());

      assertEquals(List.of("KVM_GET_MP_STATE vCPU 0", "KVM_GET_VCPU_EVENTS vCPU 0"), taken.subList(0, 2));
      assertEquals(List.of("REGS", "SREGS", "XCRS", "XSAVE", "DEBUGREGS", "LAPIC", "TSC_KHZ", "MSRS", "VCPU_EVENTS",
          "MP_STATE").stream().map(part -> "KVM_SET_" + part + " vCPU 0").toList(),
          put.stream().filter(name -> name.startsWith("KVM_SET_")).toList());
      fake.refuses("KVM_SET_LAPIC", Errno.EINVAL);
      assertEquals("KVM_SET_LAPIC vCPU 0: EINVAL (invalid argument)",
          assertThrows(HostError.class, () -> state.apply(vcpu)).getMessage());
    }
  }

  @Test
  void itRefusesWhatItWasSetUpTo() {
    try (FakeKvm fake = FakeKvm.begin(List.of()).refusesOnce("KVM_CREATE_VM", Errno.EBUSY); Kvm kvm = Kvm.open()) {
      assertEquals(Errno.EBUSY, assertThrows(HostError.class, kvm::createVm).errno());
      fake.refuses("KVM_CREATE_VCPU", Errno.ENOMEM).refuses("MSR 0x2ff", Errno.EINVAL);
      try (KvmVm vm = kvm.createVm()) {
        assertEquals(Errno.ENOMEM, assertThrows(HostError.class, () -> vm.createVcpu(0)).errno());
      }
      fake.refuses("openat", Errno.EACCES);
      assertEquals(Errno.EACCES, assertThrows(HostError.class, Kvm::open).errno());
    }
  }

  @Test
  void aGuestStaysInsideUntilItIsKicked() throws InterruptedException {
    try (FakeKvm fake = FakeKvm.begin(List.of());
        Kvm kvm = Kvm.open();
        KvmVm vm = kvm.createVm();
        Vcpu vcpu = vm.createVcpu(0)) {
      Exit[] exit = new Exit[1];
      Thread thread = Thread.ofPlatform().start(() -> {
        vcpu.bindToCurrentThread();
        exit[0] = vcpu.run();
      });
      while (!fake.asked().contains("KVM_RUN vCPU 0")) {
        Thread.onSpinWait();
      }
      vcpu.kick();
      thread.join();
      assertSame(Exit.Simple.INTERRUPTED, exit[0]);
    }
  }
}
