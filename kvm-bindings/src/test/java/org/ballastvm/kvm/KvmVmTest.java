package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a VM and its vCPUs are given, and what they answer. */
@Tag("kvm")
class KvmVmTest {
  private Kvm kvm;
  private PayloadVm vm;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    vm = new PayloadVm(kvm);
  }

  @AfterEach
  void close() {
    if (vm != null) {
      vm.close();
      kvm.close();
    }
  }

  @Test
  void theHostSaysWhatItCan() {
    assertEquals(12, kvm.apiVersion());
    for (KvmCap needed : List.of(KvmCap.IRQFD, KvmCap.IOEVENTFD, KvmCap.IMMEDIATE_EXIT)) {
      assertTrue(kvm.checkExtension(needed) > 0, needed.toString());
      assertTrue(vm.vm.checkExtension(needed) > 0, needed.toString());
    }
    assertTrue(kvm.supportedCpuid().stream().anyMatch(entry -> entry.function() == 0x8000_0001));
  }

  @Test
  void registersComeBackAsTheyWereSet() {
    Registers set = new Registers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x10_0000, 2);
    vm.vcpu.registers().setGeneral(set);
    assertEquals(set, vm.vcpu.registers().getGeneral());

    vm.load("f4");
    SpecialRegisters special = vm.vcpu.registers().getSpecial();
    assertEquals(0x1000, special.cr3());
    vm.vcpu.registers().setSpecial(special);
    assertEquals(special, vm.vcpu.registers().getSpecial());
  }

  @Test
  void modelSpecificRegistersComeBackAndUnknownOnesAreNamed() {
    int sysenterStack = 0x175; // IA32_SYSENTER_ESP
    vm.vcpu.msrs().set(Map.of(sysenterStack, 0x1234L));

    assertEquals(0x1234, vm.vcpu.msrs().get(sysenterStack));
    HostError error = assertThrows(HostError.class, () -> vm.vcpu.msrs().set(Map.of(0x12345678, 1L)));
    assertEquals("KVM_SET_MSRS vCPU 0, MSR 0x12345678", error.operation());
    assertEquals(Errno.EINVAL, error.errno());
  }

  @Test
  void theLapicAndTheFpuTakeWhatTheyAreGiven() {
    vm.enableLapic();
    vm.vcpu.registers().setFpu(0x37f, 0x1f80);

    assertEquals(0x1ff, vm.vcpu.registers().getLapicRegister(0xf0));
    assertTrue(vm.vcpu.msrs().getTscKhz() > 100_000);
  }

  @Test
  void theFirstVcpuIsReadyAndOthersWaitForIt() {
    assertSame(MpState.RUNNABLE, vm.vcpu.registers().getMpState());
    try (Vcpu second = vm.vm.createVcpu(1)) {
      assertSame(MpState.UNINITIALIZED, second.registers().getMpState());
    }
  }

  @Test
  void aTripleFaultIsAShutdown() {
    vm.load("0f0b"); // ud2, with no table of handlers
    assertSame(Exit.Simple.SHUTDOWN, vm.vcpu.run());
  }

  @Test
  void aStringOfPortWritesComesAtOnceOrInParts() {
    // mov esi, 0x110000; mov ecx, 4; mov dx, 0x510; cld; rep outsb; out 0x11, al
    vm.load("be00001100 b904000000 66ba1005 fc f36e e611");
    vm.memory.chunk(0).setString(0x11_0000, "boot");
    StringBuilder written = new StringBuilder();

    for (Exit exit = vm.vcpu.run(); exit instanceof Exit.Pio pio && pio.port() == 0x510; exit = vm.vcpu.run()) {
      for (int i = 0; i < pio.count(); i++) {
        written.append((char) pio.data(i));
      }
    }

    assertEquals("boot", written.toString());
  }

  @Test
  void aPortCanBeADoorbellToo() {
    try (EventFd doorbell = EventFd.create()) {
      IoAddress address = new IoAddress(true, 0x510, 2);
      vm.vm.assignIoeventfd(doorbell, address);
      vm.load("66ba1005 66ef e610"); // mov dx, 0x510; out dx, ax; out 0x10, al

      assertEquals(0x10, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).port());

      assertEquals(1, doorbell.drain());
      HostError twice = assertThrows(HostError.class, () -> vm.vm.assignIoeventfd(doorbell, address));
      assertEquals(Errno.EEXIST, twice.errno());
      vm.vm.deassignIoeventfd(doorbell, address);
      assertThrows(HostError.class, () -> vm.vm.deassignIoeventfd(doorbell, address));
    }
  }

  @Test
  void memoryTakenAwayIsMemoryNoMore() {
    try (HostMapping more = HostMapping.anonymous(2 << 20, false, true)) {
      vm.vm.setUserMemoryRegion(1, 0x4000_0000L, more, 0, more.sizeBytes());
      more.chunk(0).set(ValueLayout.JAVA_INT, 0, 0xcafe);
      // mov eax, 0x40000000; mov ecx, [rax]; mov eax, ecx; out 0x10, eax; mov eax, 0x40000000; mov ecx, [rax]
      vm.load("b800000040 8b08 89c8 e710 b800000040 8b08");
      assertEquals(0xcafe, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).data(0));

      vm.vm.removeUserMemoryRegion(1);

      assertEquals(0x4000_0000L, assertInstanceOf(Exit.Mmio.class, vm.vcpu.run()).gpa());
    }
  }

  @Test
  void memoryThatOverlapsIsRefusedByTheHost() {
    HostError error = assertThrows(HostError.class,
        () -> vm.vm.setUserMemoryRegion(1, 0, vm.memory, 0, vm.memory.sizeBytes()));

    assertEquals(Errno.EEXIST, error.errno());
    assertThrows(IndexOutOfBoundsException.class, () -> vm.vm.setUserMemoryRegion(1, 1L << 32, vm.memory, 4096,
        vm.memory.sizeBytes()));
  }

  @Test
  void interruptsAllocateNothing() {
    assertEquals(0, Allocation.least(() -> {
      vm.vm.setIrqLine(4, true);
      vm.vm.setIrqLine(4, false);
    }));
  }

  @Test
  void theRestOfABoardIsMade() {
    try (KvmVm board = kvm.createVm()) {
      board.setTssAddress(0xfeff_d000L);
      board.setIdentityMapAddress(0xfeff_c000L);
      board.createIrqChip();
      board.createPit2();
      board.setIrqLine(4, true);
      board.setIrqLine(4, false);
      assertEquals(Errno.EEXIST, assertThrows(HostError.class, board::createIrqChip).errno());
      assertNotEquals(0, board.checkExtension(KvmCap.MAX_VCPUS));
    }
  }
}
