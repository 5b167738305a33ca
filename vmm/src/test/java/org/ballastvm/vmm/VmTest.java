package org.ballastvm.vmm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Program;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The door for programs. */
@Tag("kvm")
@Timeout(60)
class VmTest {
  private static final long MIB = 1L << 20;
  private static final long AT = 0x10_0000;

  @TempDir
  private Path directory;
  private final BlockingQueue<VmEvent> events = new LinkedBlockingQueue<>();

  private static VmBuilder of(Program program) {
    return Vm.builder().memory("64M").payload(new BootConfig.Payload(program.code(), AT));
  }

  private static Program idle() { return new Program().halt(); }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private static Throwable failureOf(CompletionStage<?> stage) {
    return assertThrows(ExecutionException.class, () -> get(stage)).getCause();
  }

  private <E extends MachineEvent> E next(Class<E> kind) throws InterruptedException {
    while (true) {
      MachineEvent event = events.take().event();
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }

  @Test
  void aGuestRunsToItsEndAndItsConsoleIsAFile() throws Exception {
    Path console = directory.resolve("console");
    try (Vm vm = of(new Program().print("up").powerOff()).console(console).start()) {
      assertEquals(new Vm.End(EndReason.GUEST_SHUTDOWN, 0), get(vm.whenEnded()));
    }
    assertEquals("up", Files.readString(console));
  }

  @Test
  void itPausesGoesOnResetsAndStops() throws Exception {
    try (Vm vm = of(idle()).name("one").paused().start()) {
      Vm.Subscription heard = vm.listen(events::add);
      assertEquals(RunState.PRELAUNCH, vm.state());
      vm.resume();
      assertEquals(RunState.RUNNING, vm.state());
      vm.pause();
      assertEquals(RunState.PAUSED, vm.state());
      assertEquals("VM status: paused\n", vm.monitor("info status"));
      vm.resume();
      vm.reset();
      assertFalse(next(MachineEvent.Reset.class).guest());
      assertEquals(RunState.RUNNING, vm.state());
      vm.powerButton();
      next(MachineEvent.Powerdown.class);
      heard.close();
      vm.stop();
      assertEquals(EndReason.HOST_QUIT, get(vm.whenEnded()).reason());
      assertTrue(events.stream().allMatch(event -> event.vm().equals("one")) && events.stream()
          .noneMatch(event -> event.event() instanceof MachineEvent.Shutdown), events.toString());
    }
  }

  @Test
  void itsEndIsReadOnly() {
    try (Vm vm = of(idle()).start()) {
      CompletionStage<Vm.End> end = vm.whenEnded();
      end.toCompletableFuture().complete(new Vm.End(EndReason.CRASHED, 7));
      assertFalse(vm.whenEnded().toCompletableFuture().isDone());
      assertEquals(RunState.RUNNING, vm.state());
    }
  }

  @Test
  void aTotalIsBroughtAboutOrItIsSaidWhyNot() throws Exception {
    try (Vm vm = of(idle()).maxMemory("1G", 1).object("memory-backend-ram,id=mem0,size=256M,reserve=off")
        .device("virtio-mem-pci,id=vm0,memdev=mem0,request-timeout=1").start()) {
      assertEquals(64 * MIB, vm.memoryBytes());
      CompletionStage<Vm.MemoryOutcome> first = vm.resize("192M");
      CompletionStage<Vm.MemoryOutcome> second = vm.resize("64M");
      assertEquals(vm.name() + ": another total was asked for", failureOf(first).getMessage());
      assertTrue(get(second).reached());
      assertThrows(UserError.class, () -> vm.resize(1L << 50));
      assertThrows(UserError.class, () -> vm.resize("much"));
      CompletionStage<Vm.MemoryOutcome> third = vm.resize(128 * MIB);
      vm.stop();
      assertEquals(vm.name() + ": the machine has ended", failureOf(third).getMessage());
    }
  }

  @Test
  void devicesComeAndAreAskedToGo() throws Exception {
    try (Vm vm = of(idle()).start()) {
      vm.addDevice("virtio-rng-pci,id=rng0");
      vm.addObject("memory-backend-ram,id=mem0,size=1M");
      assertTrue(vm.monitor("info qtree").contains("virtio-rng-pci, id \"rng0\""));
      assertEquals("Duplicate device ID 'rng0'",
          assertThrows(UserError.class, () -> vm.addDevice("virtio-rng-pci,id=rng0")).getMessage());
      CompletionStage<Void> gone = vm.removeDevice("rng0");
      vm.reset(); // Completes what the guest was asked for.
      get(gone);
      assertEquals("Device 'rng0' not found",
          assertThrows(UserError.class, () -> vm.removeDevice("rng0")).getMessage());
      vm.removeObject("mem0");
    }
  }

  @Test
  void qemusProtocolIsServedOnASocket() throws Exception {
    Path socket = directory.resolve("qmp");
    try (Vm vm = of(idle()).start()) {
      vm.serveQmp(socket);
      try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        client.connect(UnixDomainSocketAddress.of(socket));
        ByteBuffer greeting = ByteBuffer.allocate(4096);
        client.read(greeting);
        assertTrue(new String(greeting.array(), StandardCharsets.UTF_8).startsWith("{\"QMP\""));
      }
    }
    assertFalse(Files.exists(socket));
  }

  @Test
  void whatCannotBeIsRefusedAndNothingIsLeft() {
    assertEquals("kernel: is missing, and this machine has no firmware that would find one",
        assertThrows(UserError.class, () -> Vm.builder().start()).getMessage());
    assertThrows(UserError.class, () -> of(idle()).memory(3).start());
    assertThrows(UserError.class, () -> of(idle()).device("virtio-nothing"));
  }

  /** Log lines and trace events name the machine, and those of one machine are not printed for the other. */
  @Test
  void twoMachinesOfAProcessAreDistinguished() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (Vm left = of(idle()).name("left").device("virtio-balloon-pci,id=b").start();
        Vm right = of(idle()).name("right").device("virtio-balloon-pci,id=b").start()) {
      for (Vm vm : List.of(left, right)) {
        vm.monitor("trace-event balloon_target " + (vm == left ? "on" : "off"));
        vm.monitor("balloon 32");
      }
    } finally {
      System.setErr(before);
    }
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.getFirst().contains("machine=left device=b target=33554432"), lines.toString());
  }
}
