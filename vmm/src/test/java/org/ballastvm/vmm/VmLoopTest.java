package org.ballastvm.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Machines with guests that run, on one loop. */
@Tag("kvm")
@Timeout(240)
@SuppressWarnings("try") // Some machines close before their time.
class VmLoopTest {
  private static final long AT = 0x10_0000;
  private static final String SHARED = "vm-loop";
  /** A hundred stand in MachinesOnOneLoopTest, whose KVM runs no guest: in the rig they would take minutes. */
  private static final int MANY = 20;

  @TempDir
  private Path directory;
  private final Queue<VmEvent> events = new ConcurrentLinkedQueue<>();

  private static VmBuilder of(VmLoop loop, String name, Program program) {
    return Vm.builder().name(name).memory("16M").payload(new BootConfig.Payload(program.code(), AT)).loop(loop);
  }

  private static EndReason end(Vm vm) throws Exception {
    return vm.whenEnded().toCompletableFuture().get(30, TimeUnit.SECONDS).reason();
  }

  private static long threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith(prefix)).count();
  }

  private Map<String, Long> count(Class<? extends MachineEvent> kind) {
    Map<String, Long> counts = new HashMap<>();
    events.stream().filter(event -> kind.isInstance(event.event()))
        .forEach(event -> counts.merge(event.vm(), 1L, Long::sum));
    return counts;
  }

  @Test
  void eachGuestResetsAndEndsItsOwnMachineUnderItsOwnName() throws Exception {
    Program thrice = new Program().count(0x50_0000).ifBelow(3, new Program().print("again ").reset()).powerOff();
    Program steady = new Program().print("up").halt();
    Path console = directory.resolve("console");
    try (VmLoop loop = VmLoop.start(SHARED);
        Vm steadyVm = of(loop, "steady", steady).console(console).paused().start();
        Vm resettingVm = of(loop, "resetting", thrice).paused().start()) {
      steadyVm.listen(events::add);
      resettingVm.listen(events::add);
      steadyVm.resume();
      resettingVm.resume();
      assertEquals(EndReason.GUEST_SHUTDOWN, end(resettingVm));
      resettingVm.close();
      assertEquals(RunState.RUNNING, steadyVm.state());
      Await.until(() -> read(console).equals("up"));
      steadyVm.reset();
      Await.until(() -> read(console).equals("upup"));
      assertEquals(Map.of("resetting", 2L, "steady", 1L), count(MachineEvent.Reset.class));
      assertEquals(Map.of("resetting", 1L), count(MachineEvent.Shutdown.class));
      assertEquals(1, loop.machines());
    }
    assertEquals(0, threads(SHARED));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aGuestThatNeverStopsAskingDoesNotKeepTheOthersWaiting() throws Exception {
    Program panicking = new Program().forever(new Program().outByte(AcpiPorts.PANIC, 2));
    try (VmLoop loop = VmLoop.start(SHARED);
        Vm busy = of(loop, "busy", panicking).device("pvpanic").start();
        Vm other = of(loop, "other", new Program().halt()).start()) {
      busy.listen(events::add);
      for (int i = 0; i < 20; i++) {
        other.pause();
        other.resume();
      }
      Await.until(() -> count(MachineEvent.GuestCrashloaded.class).containsKey("busy"));
      other.stop();
      assertEquals(EndReason.HOST_QUIT, end(other));
      assertEquals(RunState.RUNNING, busy.state());
    }
  }

  @Test
  void manyMachinesShareOneLoopAndGiveEverythingBack() throws Exception {
    crowd(3); // What a process makes once.
    List<String> before = openFiles();
    crowd(MANY);
    assertEquals(before, openFiles());
    assertEquals(0, threads(SHARED) + threads("many"));
  }

  private void crowd(int count) throws Exception {
    VmLoop loop = VmLoop.start(SHARED);
    List<Vm> machines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      machines.add(of(loop, "many" + i, new Program().print("up").halt()).device("virtio-balloon-pci").start());
    }
    assertEquals(count, loop.machines());
    assertEquals(count, threads("many"));
    assertEquals(1, threads(SHARED));
    loop.close();
    assertThrows(IllegalStateException.class, () -> of(loop, "late", new Program().halt()).start());
    for (int i = 0; i < count; i++) {
      Vm vm = machines.get(i * 37 % count); // 37 is prime, so each has its turn.
      vm.pause();
      assertTrue(vm.monitor("info status").contains("paused"));
      vm.close();
    }
  }

  private static List<String> openFiles() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(VmLoopTest::target).filter(file -> file.contains("anon_inode") || file.contains("kvm")).sorted()
          .toList();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "closed meanwhile";
    }
  }
}
