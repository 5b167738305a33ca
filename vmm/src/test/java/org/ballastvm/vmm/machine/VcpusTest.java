package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.bus.AddressBus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** vCPU threads over processors of this test: how they start, stop, wait and end, on any host. */
@Timeout(60)
class VcpusTest implements VcpuThread.Watcher {
  private static final long PATIENCE_SECONDS = 10;
  private static final KvmTrouble.Retries SHORT = new KvmTrouble.Retries(3, 1_000);

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final Queue<Object> calls = new ConcurrentLinkedQueue<>();
  private Runnable whenCrashed = () -> {
    // What crashed is in calls.
  };
  private final Vcpus vcpus = new Vcpus(loop::add);

  private void start(ScriptedProcessor... processors) {
    AddressBus none = new AddressBus("nothing", 1);
    vcpus.start(processors.length,
        (i, gate) -> new VcpuThread(i, processors[i], null, gate, none, none, this, "vcpu" + i,
            SHORT));
  }

  @AfterEach
  void end() { vcpus.end(); }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "not " + what + " within " + PATIENCE_SECONDS + " s");
      Thread.onSpinWait();
    }
  }

  private static Exit refuse(Errno why) { throw new HostError("KVM_RUN", why); }

  private static void use(Object device) {
    synchronized (device) {
      assertTrue(Thread.holdsLock(device)); // It reads a register.
    }
  }

  @Test
  void closingEndsWhileOneWaitsForADeviceWhoseUserKeepsVcpusOut() throws Exception {
    Object device = new Object();
    CompletableFuture<Void> unplugged = new CompletableFuture<>();
    ScriptedProcessor reader = new ScriptedProcessor(() -> use(device));
    Thread closing = new Thread(vcpus::end, "closing");
    Thread unplugging = new Thread(() -> {
      synchronized (device) {
        vcpus.run();
        await("at the device", () -> reader.thread() != null && reader.thread().getState() == Thread.State.BLOCKED);
        closing.start();
        await("joining", () -> closing.getState() == Thread.State.WAITING);
        vcpus.whileOut(() -> unplugged.complete(null));
      }
    }, "event loop");
    start(reader);
    unplugging.start();
    unplugging.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    assertEquals(Thread.State.TERMINATED, unplugging.getState());
    closing.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    assertEquals(List.of(), vcpus.threads());
    assertTrue(unplugged.isDone());
  }

  @Test
  void whatIsAskedBeforeAResetIsNotDoneToTheNextGuest() {
    List<String> done = new ArrayList<>();
    start(new ScriptedProcessor());
    vcpus.ask(() -> {
      done.add("reset");
      vcpus.end();
      start(new ScriptedProcessor());
    });
    vcpus.ask(() -> done.add("stop for an error"));
    loop.forEach(Runnable::run);
    assertEquals(List.of("reset"), done);
  }

  @Test
  void aGuestThatAsksForAResetAtEachByteOfAStringIsHeardOnce() {
    start(new ScriptedProcessor());
    vcpus.run();
    for (int i = 0; i < 4096; i++) {
      vcpus.stopFor(() -> calls.add("reset"));
    }
    loop.forEach(Runnable::run);
    assertEquals(List.of("reset"), List.copyOf(calls));
    vcpus.run();
    vcpus.stopFor(() -> calls.add("another"));
    assertEquals(2, loop.size());
  }

  @Test
  void aGuestThatGoesOnIsNotifiedOfTheStopBeforeItRuns() {
    ScriptedProcessor processor = new ScriptedProcessor();
    start(processor);
    vcpus.run();
    await("running", () -> processor.calls().contains("run"));
    vcpus.stop();
    assertEquals(List.of("run"), processor.calls());
    vcpus.goOn(vcpu -> false);
    await("running again", () -> processor.calls().size() == 3);
    assertEquals(List.of("run", "note stop", "run"), List.copyOf(processor.calls()));
  }

  @Test
  void aHostWithoutMemoryForAMomentCostsTheGuestAMoment() {
    ScriptedProcessor processor = new ScriptedProcessor(Collections.nCopies(3, () -> refuse(Errno.ENOMEM)));
    start(processor);
    vcpus.run();
    await("running", () -> processor.calls().size() == 4);
    assertEquals(List.of(), List.copyOf(calls));
  }

  @Test
  void aHostThatRefusesToRunAVcpuStopsTheMachineWithASentence() {
    ScriptedProcessor starved = new ScriptedProcessor(Collections.nCopies(4, () -> refuse(Errno.ENOMEM)));
    ScriptedProcessor dead = new ScriptedProcessor(List.of(() -> refuse(Errno.EIO)));
    ScriptedProcessor poisoned = new ScriptedProcessor(List.of(() -> refuse(Errno.EHWPOISON)));
    start(starved, dead, poisoned);
    vcpus.run();
    await("all calls", () -> calls.size() == 3);
    assertEquals(List.of(
        "vCPU 0: the host does not run it (KVM_RUN: ENOMEM (out of memory)), for 0 s now: the host is out"
            + " of memory, or this process may use no more of it (memory.max)",
        "vCPU 1: the host does not run it (KVM_RUN: EIO (input/output error)): KVM has given this virtual machine up;"
            + " the host's kernel log says why",
        "vCPU 2: the host does not run it (KVM_RUN: EHWPOISON (a page of memory is broken)): a page of the guest's memory"
            + " is broken in hardware; the host's kernel log says which"),
        calls.stream().map(String.class::cast).sorted().toList());
  }

  @Test
  void whoeverEndsThemLosesNoneThatAResetStartsMeanwhile() throws Exception {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    ScriptedProcessor reader = new ScriptedProcessor(answer::join);
    start(reader);
    vcpus.run();
    await("at the device", () -> reader.thread() != null && reader.thread().getState() == Thread.State.WAITING);
    Thread closing = new Thread(vcpus::end, "closing");
    closing.start();
    await("joining", () -> closing.getState() == Thread.State.WAITING);
    start(new ScriptedProcessor());
    List<VcpuThread> others = vcpus.threads();
    answer.complete(null);
    closing.join();
    assertEquals(others, vcpus.threads());
  }

  @Test
  void whoeverHearsOfABugOnTheVcpusThreadMayEndAllOfThem() {
    IllegalStateException bug = new IllegalStateException("a bug");
    whenCrashed = vcpus::end;
    start(new ScriptedProcessor(List.of(() -> {
      throw bug;
    })), new ScriptedProcessor());
    vcpus.run();
    await("reported", () -> !calls.isEmpty());
    assertEquals(List.of(bug), List.copyOf(calls));
    assertEquals(List.of(), vcpus.threads());
  }

  @Override
  public void trapped(VcpuThread vcpu, Exit.Debug exit) { throw new AssertionError(exit); }

  @Override
  public void vcpuFailed(String sentence) { calls.add(sentence); }

  @Override
  public void resetAsked(String why) { calls.add(why); }

  @Override
  public void powerOffAsked() { calls.add("power off"); }

  @Override
  public void unusableMemory(VcpuThread vcpu) { calls.add(vcpu); }

  @Override
  public void crashed(Throwable bug) {
    whenCrashed.run();
    calls.add(bug);
  }
}
