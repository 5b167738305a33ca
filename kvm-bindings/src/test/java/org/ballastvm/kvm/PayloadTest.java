package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Small 64-bit programs on this host's own /dev/kvm. */
@Tag("kvm")
class PayloadTest {
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
  void writesToAPort() {
    // mov al, 0x42; mov dx, 0x510; out dx, al
    vm.load("b042 66ba1005 ee f4");

    Exit.Pio exit = assertInstanceOf(Exit.Pio.class, vm.vcpu.run());

    assertTrue(exit.isWrite());
    assertEquals(0x510, exit.port());
    assertEquals(1, exit.sizeBytes());
    assertEquals(0x42, exit.data(0));
  }

  @Test
  void readsFromAPort() {
    // mov dx, 0x510; in eax, dx; out dx, eax
    vm.load("66ba1005 ed ef f4");

    Exit.Pio in = assertInstanceOf(Exit.Pio.class, vm.vcpu.run());
    in.setData(0, 0xcafe_f00d);
    Exit.Pio out = assertInstanceOf(Exit.Pio.class, vm.vcpu.run());

    assertEquals(0xcafe_f00d, out.data(0));
  }

  @Test
  void usesMemoryThatHasNoSlot() {
    // mov rax, 0x40000000; mov rcx, 0x1122334455667788; mov [rax], rcx; mov ecx, [rax]; mov dx, 0x510; mov eax, ecx; out dx, eax
    vm.load("48c7c000000040 48b98877665544332211 488908 8b08 66ba1005 89c8 ef f4");

    Exit.Mmio write = assertInstanceOf(Exit.Mmio.class, vm.vcpu.run());
    assertTrue(write.isWrite());
    assertEquals(0x4000_0000L, write.gpa());
    assertEquals(0x1122334455667788L, write.data());
    Exit.Mmio read = assertInstanceOf(Exit.Mmio.class, vm.vcpu.run());
    assertEquals(4, read.lengthBytes());
    read.setData(0x12345678);
    Exit.Pio out = assertInstanceOf(Exit.Pio.class, vm.vcpu.run());

    assertEquals(0x12345678, out.data(0));
  }

  @Test
  void aDoorbellRaisesAnEventfdWithoutAnExit() {
    try (EventFd doorbell = EventFd.create()) {
      IoAddress address = new IoAddress(false, 0x4000_1000L, 4);
      vm.vm.assignIoeventfd(doorbell, address);
      // mov rax, 0x40001000; mov dword [rax], 1; out 0x10, al
      vm.load("48c7c000100040 c70001000000 e610 f4");

      assertInstanceOf(Exit.Pio.class, vm.vcpu.run());

      assertEquals(1, doorbell.drain());
      vm.vm.deassignIoeventfd(doorbell, address);
    }
  }

  @Test
  void aKickTakesTheVcpuOutOfALoop() throws InterruptedException {
    // jmp $
    vm.load("ebfe");
    Exit[] exit = new Exit[1];
    Thread runner = new Thread(() -> {
      vm.vcpu.bindToCurrentThread();
      exit[0] = vm.vcpu.run();
    });
    runner.start();

    while (runner.isAlive()) {
      vm.vcpu.kick();
      runner.join(1);
    }

    assertSame(Exit.Simple.INTERRUPTED, exit[0]);
  }

  @Test
  void portExitsAllocateNothing() {
    // out 0x10, al; jmp back
    vm.load("e610 ebfc");

    assertEquals(0, Allocation.least(() -> assertSame(Exit.Pio.class, vm.vcpu.run().getClass())));
  }

  @Test
  void memoryExitsAllocateNothing() {
    // mov rax, 0x40000000; mov [rax], ecx; mov ecx, [rax]; jmp back
    vm.load("48c7c000000040 8908 8b08 ebfa");

    assertEquals(0, Allocation.least(() -> {
      Exit.Mmio exit = (Exit.Mmio) vm.vcpu.run();
      exit.setData(exit.data() + exit.gpa());
    }));
  }

  @Test
  void interruptedExitsAllocateNothing() {
    vm.load("ebfe");
    vm.vcpu.kick();

    assertEquals(0, Allocation.least(() -> assertSame(Exit.Simple.INTERRUPTED, vm.vcpu.run())));
  }

  static byte[] bytes(String hex) { return HexFormat.of().parseHex(hex.replace(" ", "")); }
}
