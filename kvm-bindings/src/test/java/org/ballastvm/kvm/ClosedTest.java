package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What is closed says so, and never reaches whoever got its number next. */
@Tag("kvm")
class ClosedTest {
  @Test
  void aClosedKvmMakesNoVm() {
    Kvm kvm = Kvm.open();
    kvm.close();
    kvm.close();

    assertClosed("/dev/kvm", kvm::createVm);
    assertClosed("/dev/kvm", kvm::supportedCpuid);
    assertClosed("/dev/kvm", () -> kvm.checkExtension(KvmCap.IRQFD));
  }

  @Test
  void aClosedVmTakesNothing() {
    try (Kvm kvm = Kvm.open(); EventFd event = EventFd.create()) {
      KvmVm vm = kvm.createVm();
      vm.close();
      vm.close();

      assertClosed("VM", vm::createIrqChip);
      assertClosed("VM", () -> vm.createVcpu(0));
      assertClosed("VM", () -> vm.setIrqLine(1, true));
      assertClosed("VM", () -> vm.assignIrqfd(event, 1));
      assertClosed("VM", () -> vm.removeUserMemoryRegion(0));
      assertClosed("VM", () -> vm.setGsiRouting(List.of()));
    }
  }

  @Test
  void aClosedVcpuDoesNotRun() {
    try (Kvm kvm = Kvm.open(); PayloadVm vm = new PayloadVm(kvm)) {
      vm.vcpu.close();
      vm.vcpu.close();

      assertClosed("vCPU 0", vm.vcpu::run);
      assertClosed("vCPU 0", vm.vcpu.registers()::getGeneral);
      assertClosed("vCPU 0", () -> vm.vcpu.msrs().set(Map.of(0x10, 1L)));
    }
  }

  @Test
  void closedMemoryIsGivenToNoGuest() {
    try (Kvm kvm = Kvm.open(); KvmVm vm = kvm.createVm()) {
      HostMapping memory = HostMapping.anonymous(1 << 20, false, true);
      memory.close();

      assertThrows(IllegalStateException.class, () -> vm.setUserMemoryRegion(0, 0, memory, 0, 1 << 20));
    }
  }

  @Test
  void closedEventfdsAreConnectedToNothing() {
    try (Kvm kvm = Kvm.open(); PayloadVm vm = new PayloadVm(kvm); Epoll epoll = Epoll.create()) {
      EventFd event = EventFd.create();
      event.close();

      assertClosed("eventfd", () -> vm.vm.assignIrqfd(event, 5));
      assertClosed("eventfd", () -> vm.vm.assignIoeventfd(event, new IoAddress(true, 0x510, 2)));
      assertClosed("eventfd", () -> epoll.add(event, Epoll.IN, 0));
      assertClosed("eventfd", event::drain);
    }
  }

  @Test
  void closedStreamsCarryNothing(@TempDir Path directory) {
    HostSocket socket = HostSocket.listenUnix(directory.resolve("socket"));
    HostStream pty = HostStream.openPty();
    TimerFd timer = TimerFd.create();
    for (Pollable each : List.of(socket, pty, timer)) {
      each.close();
      each.close();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(16);

      assertThrows(IllegalStateException.class, socket::accept);
      assertThrows(IllegalStateException.class, () -> socket.write(buffer));
      assertThrows(IllegalStateException.class, () -> pty.read(buffer));
      assertThrows(IllegalStateException.class, () -> timer.arm(1, 0));
    }
  }

  private static void assertClosed(String what, Executable use) {
    assertEquals(what + " is closed", assertThrows(IllegalStateException.class, use).getMessage());
  }
}
