package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What guests write without leaving, on this host's own /dev/kvm. */
@Tag("kvm")
class CoalescedWritesTest {
  private static final IoAddress PORT = new IoAddress(true, 0x3f8, 1);
  private static final IoAddress MEMORY = new IoAddress(false, 0x4000_0000L, 8);
  /** More than a page of the kernel holds. */
  private static final int MANY = 400;

  private final List<String> seen = new ArrayList<>();
  private int times;
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

  private Exit.Pio runToPort() {
    Exit exit = vm.vcpu.run();
    vm.vcpu.takeCoalesced(this::take);
    return assertInstanceOf(Exit.Pio.class, exit);
  }

  private void take(boolean port, long address, int lengthBytes, long[] values, int count) {
    times++;
    for (int i = 0; i < count; i++) {
      take(port, address, lengthBytes, values[i]);
    }
  }

  private void take(boolean port, long address, int lengthBytes, long value) {
    seen.add((port ? "port " : "memory ") + Long.toHexString(address) + " " + lengthBytes + " "
        + Long.toHexString(value));
  }

  @Test
  void bytesForAPortComeBeforeTheNextExitInTheirOrder() {
    vm.vm.coalesceWrites(PORT);
    // mov dx, 0x3f8; mov al, 'a'; out dx, al; mov al, 'b'; out dx, al; in al, 0x10
    vm.load("66baf803 b061 ee b062 ee e410 f4");

    assertEquals(0x10, runToPort().port());

    assertEquals(List.of("port 3f8 1 61", "port 3f8 1 62"), seen);
    assertEquals(1, times, "together");
    vm.vcpu.takeCoalesced(this::take);
    assertEquals(2, seen.size(), "each comes once");
  }

  @Test
  void wordsForMemoryComeWholeWithNothingBesides() {
    vm.vm.coalesceWrites(MEMORY);
    // mov rax, 0x40000000; mov rcx, 0x8877665544332211; mov [rax], rcx; mov word [rax+2], cx; in al, 0x10
    vm.load("48c7c000000040 48b91122334455667788 488908 66894802 e410 f4");

    assertEquals(0x10, runToPort().port());

    assertEquals(List.of("memory 40000000 8 8877665544332211", "memory 40000002 2 2211"), seen);
  }

  @Test
  void whatTheRingCannotHoldIsAnExitAndNothingIsLost() {
    vm.vm.coalesceWrites(PORT);
    // mov ecx, 400; mov dx, 0x3f8; again: mov al, cl; out dx, al; loop again; in al, 0x10
    vm.load("b990010000 66baf803 88c8 ee e2fb e410 f4");

    for (Exit.Pio exit = runToPort(); exit.port() != 0x10; exit = runToPort()) {
      take(true, exit.port(), exit.sizeBytes(), exit.data(0));
    }

    assertEquals(MANY, seen.size());
    for (int i = 0; i < MANY; i++) {
      assertEquals("port 3f8 1 " + Integer.toHexString(MANY - i & 0xff), seen.get(i));
    }
  }

  @Test
  void whereWritesAreNotCollectedAnyMoreEachIsAnExit() {
    vm.vm.coalesceWrites(PORT);
    vm.vm.coalesceWritesNoMore(PORT);
    // mov dx, 0x3f8; mov al, 'a'; out dx, al
    vm.load("66baf803 b061 ee f4");

    assertEquals(0x3f8, runToPort().port());

    assertEquals(List.of(), seen);
  }

  @Test
  void toTakeThemAllocatesNothing() {
    vm.vm.coalesceWrites(PORT);
    // mov dx, 0x3f8; again: out dx, al; out 0x10, al; jmp again
    vm.load("66baf803 ee e610 ebfb");
    WriteTaker nobody = (port, address, lengthBytes, values, count) -> assertEquals(0x3f8, address);

    assertEquals(0, Allocation.least(() -> {
      assertInstanceOf(Exit.Pio.class, vm.vcpu.run());
      vm.vcpu.takeCoalesced(nobody);
    }));
  }
}
