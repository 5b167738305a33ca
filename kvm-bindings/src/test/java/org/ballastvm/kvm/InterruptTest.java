package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interrupts that reach a 64-bit program through an eventfd and the in-kernel interrupt controllers. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("kvm")
class InterruptTest {
  private static final int GSI = 24;
  private static final int LEVEL_GSI = 20; // of the IOAPIC alone
  private static final int VECTOR = 0x40;
  private static final long LAPIC = 0xfee0_0000L;

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
  void aMessageRaisedByAnEventfdReachesTheHandler() {
    try (EventFd source = EventFd.create()) {
      // sti; out 0x10, al; jmp $      handler: mov eax, 0x77; out 0x11, eax; hlt
      vm.loadWithHandler("fb e610 ebfe", VECTOR, "b877000000 e711 f4");
      vm.enableLapic();
      vm.vm.setGsiRouting(List.of(new GsiRoute.Msi(GSI, LAPIC, VECTOR)));
      vm.vm.assignIrqfd(source, GSI);
      assertEquals(0x10, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).port());

      source.signal();

      Exit.Pio handled = assertInstanceOf(Exit.Pio.class, vm.vcpu.run());
      assertEquals(0x11, handled.port());
      assertEquals(0x77, handled.data(0));
      vm.vm.deassignIrqfd(source, GSI);
    }
  }

  @Test
  void aMessageWakesAHaltedVcpu() throws InterruptedException {
    try (EventFd source = EventFd.create()) {
      // sti; hlt; jmp back       handler: out 0x11, al
      vm.loadWithHandler("fb f4 ebfd", VECTOR, "e611 f4");
      vm.enableLapic();
      vm.vm.setGsiRouting(List.of(new GsiRoute.Msi(GSI, LAPIC, VECTOR)));
      vm.vm.assignIrqfd(source, GSI);
      Exit[] exit = new Exit[1];
      Thread runner = new Thread(() -> {
        exit[0] = vm.vcpu.run();
      });
      runner.start();

      source.signal();
      runner.join();

      assertEquals(0x11, assertInstanceOf(Exit.Pio.class, exit[0]).port());
    }
  }

  @Test
  void aLevelInterruptIsTakenBackAtItsEndAndItsSourceIsAskedAgain() {
    try (EventFd source = EventFd.create(); EventFd resample = EventFd.create()) {
      // mov eax, 0xfec00000; IOAPIC registers 0x38 and 0x39, those of pin 20: vector 0x40, level, to APIC 0;
      // sti; out 0x10, al; jmp $ -- handler: end of interrupt; out 0x11, al; iretq
      vm.loadWithHandler("b80000c0fe c70038000000 c7401040800000 c70039000000 c7401000000000 fb e610 ebfe", VECTOR,
          "b9b000e0fe c70100000000 e611 48cf");
      vm.enableLapic();
      vm.vm.assignIrqfd(source, LEVEL_GSI, resample);
      assertEquals(0x10, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).port());

      for (int i = 0; i < 3; i++) {
        assertEquals(0, resample.drain());
        source.signal();
        assertEquals(0x11, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).port());
        assertEquals(1, resample.drain());
      }
      vm.vm.deassignIrqfd(source, LEVEL_GSI);
    }
  }

  @Test
  void aTableThatNamesNoControllerIsRefused() {
    HostError error = assertThrows(HostError.class,
        () -> vm.vm.setGsiRouting(List.of(new GsiRoute.Pin(5, GsiRoute.Chip.IOAPIC, 99))));

    assertEquals("KVM_SET_GSI_ROUTING of 1 routes", error.operation());
    assertEquals(Errno.EINVAL, error.errno());
  }

  @Test
  void oneEventfdCannotRaiseAnInterruptTwice() {
    try (EventFd source = EventFd.create()) {
      vm.vm.assignIrqfd(source, 5);

      HostError error = assertThrows(HostError.class, () -> vm.vm.assignIrqfd(source, 5));

      assertEquals(Errno.EBUSY, error.errno());
    }
  }
}
