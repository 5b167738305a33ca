package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.event.MachineEvent.Cause;
import org.ballastvm.vmm.loop.LoopThread;
import org.ballastvm.vmm.state.EndReason;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole machines, on a KVM of this test's, that share the thread of their event loops: none has to do with another's end. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MachinesOnOneLoopTest {
  private static final String SHARED = "shared-loop";

  @TempDir
  private Path directory;
  private FakeKvm kvm;
  private LoopThread thread;
  private final List<Machine> machines = new ArrayList<>();

  @BeforeEach
  void begin() {
    kvm = FakeKvm.begin(HostCpu.MILAN.supported());
    thread = LoopThread.start(SHARED);
  }

  @AfterEach
  void end() {
    machines.forEach(Machine::close);
    thread.close();
    kvm.close();
    assertEquals(List.of(), threads(SHARED, "test-"));
  }

  private static List<String> threads(String... prefixes) {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
        .filter(name -> Stream.of(prefixes).anyMatch(name::startsWith)).toList();
  }

  private Machine start() throws IOException { return start(TestMachine.of(directory, new Program().halt())); }

  private Machine start(TestMachine guest) {
    Machine machine = Machine.start(guest.config(), Optional.of(thread), System.err::println, made -> {
      // No monitors.
    });
    machines.add(machine);
    return machine;
  }

  private static void assertGoesOn(Machine machine) {
    machine.pause();
    assertEquals(RunState.PAUSED, machine.state());
    machine.resume();
    machine.reset();
    assertEquals(RunState.RUNNING, machine.state());
  }

  @Test
  void aBugInAHandlerOfOneEndsThatOne() throws Exception {
    Machine broken = start();
    Machine whole = start();
    Path door = directory.resolve("door");
    broken.onLoop(() -> broken.listen(door, client -> {
      throw new IllegalStateException("a bug");
    }));
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.connect(UnixDomainSocketAddress.of(door));
      assertEquals(EndReason.CRASHED, TestMachine.await(broken));
    }
    assertGoesOn(whole);
    broken.pause(); // Does nothing: it has ended.
    broken.close();
    assertGoesOn(whole);
    assertEquals(1, thread.loops());
  }

  @ParameterizedTest
  @ValueSource(strings = {"012", "021", "102", "120", "201", "210"})
  void theyCloseInAnyOrderAndTheThreadToo(String order) throws Exception {
    List<Machine> both = List.of(start(), start());
    List<Machine> left = new ArrayList<>(both);
    for (int i = 0; i < order.length(); i++) {
      int which = order.charAt(i) - '0';
      if (which == both.size()) {
        thread.close();
      } else {
        both.get(which).close();
        left.remove(both.get(which));
      }
      left.forEach(MachinesOnOneLoopTest::assertGoesOn);
    }
    assertEquals(List.of(), threads(SHARED, "test-"));
  }

  @Test
  void aMachineMayCloseOnTheThreadWhenItEnds() throws Exception {
    Machine ending = start();
    Machine whole = start();
    CompletableFuture<Void> closed = ending.end().thenRun(ending::close);
    whole.onLoop(() -> ending.quit(Cause.HOST_UI));
    closed.get(30, TimeUnit.SECONDS);
    assertGoesOn(whole);
    assertEquals(1, thread.loops());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoeverClosesForTheEndThatClosingBringsIsNotWaitedFor(boolean shared) throws Exception {
    TestMachine guest = TestMachine.of(directory, new Program().halt());
    Machine machine = shared ? start(guest) : guest.start();
    CompletableFuture<Void> closed = machine.end().thenRun(machine::close);
    machine.close();
    closed.get(30, TimeUnit.SECONDS);
    assertTrue(machine.vcpus().isEmpty());
  }

  @Test
  void oneMachineMayActOnAnotherFromTheThread() throws Exception {
    Machine first = start();
    Machine second = start();
    first.events().listen((event, when) -> second.pause());
    first.pause();
    assertEquals(RunState.PAUSED, second.state());
    first.onLoop(() -> {
      second.onLoop(first::resume);
      second.close();
      second.resume(); // Does nothing: it has ended.
    });
    assertEquals(RunState.RUNNING, first.state());
    assertGoesOn(first);
  }

  @Test
  void aMachineThatIsClosedInTheMidstOfAResetLeavesNoProcessor() throws Exception {
    for (int i = 0; i < 30; i++) {
      Machine machine = start();
      Thread resetting = new Thread(machine::reset);
      resetting.start();
      machine.close();
      resetting.join();
      assertEquals(List.of(), threads("test-"), "number " + i);
    }
  }

  @Test
  void aMachineThatCannotBePutTogetherLeavesTheThreadAsItWas() throws Exception {
    Machine whole = start();
    TestMachine guest = TestMachine.of(directory, new Program().halt())
        .with(new ChardevConfig.Unix("serial", false, directory.resolve("no/such/socket"), true, false));
    assertThrows(UserError.class, () -> start(guest));
    assertEquals(1, thread.loops());
    thread.close();
    assertEquals("the loop thread shared-loop is closed: it serves no other machine",
        assertThrows(IllegalStateException.class, this::start).getMessage());
    assertGoesOn(whole);
  }

  @Test
  void aHundredMachinesHaveOneLoopThread() throws Exception {
    for (int i = 0; i < 100; i++) {
      start();
    }
    assertEquals(100, threads("test-").size());
    assertEquals(List.of(SHARED), threads(SHARED, "ballast-"));
    for (int i = 0; i < 100; i += 3) {
      machines.get(i).reset();
      machines.get(i).close();
    }
    for (Machine machine : machines) {
      machine.pause();
      assertEquals(machine.end().isDone() ? RunState.RUNNING : RunState.PAUSED, machine.state());
    }
    assertEquals(66, threads("test-").size());
    assertEquals(66, thread.loops());
  }
}
