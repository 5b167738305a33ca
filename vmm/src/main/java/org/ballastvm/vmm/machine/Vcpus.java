package org.ballastvm.vmm.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * The vCPU threads of a machine and the gate where they wait. A reset replaces both.
 *
 * <p>
 * The lock serializes those who keep vCPUs out of the guest. It is never held while a thread is joined: a vCPU may wait for
 * a device whose user waits for this lock.
 */
final class Vcpus {
  private final Consumer<Runnable> loop;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile RunGate gate = new RunGate(0);
  private volatile List<VcpuThread> threads = List.of();

  /**
   * No vCPUs yet.
   *
   * @param loop runs tasks on the event loop, later
   */
  Vcpus(Consumer<Runnable> loop) { this.loop = loop; }

  /** {@return the threads, by index; none before the first start and after the end} */
  List<VcpuThread> threads() {
    return threads;
  }

  /**
   * Starts threads, which wait at a closed gate.
   *
   * @param count how many
   * @param create makes one, of its index and the gate
   */
  void start(int count, BiFunction<Integer, RunGate, VcpuThread> create) {
    RunGate fresh = new RunGate(count);
    List<VcpuThread> made = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        made.add(create.apply(i, fresh));
      }
    } catch (RuntimeException e) {
      made.forEach(VcpuThread::close);
      throw e;
    }
    lock.lock();
    try {
      gate = fresh;
      threads = List.copyOf(made);
      made.forEach(VcpuThread::start);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads and gives the vCPUs back. Called by the event loop, or by whoever closes the machine. */
  void end() {
    List<VcpuThread> ending = threads;
    gate.close();
    gate.end();
    ending.forEach(VcpuThread::kick);
    ending.forEach(VcpuThread::join);
    lock.lock();
    try { // Whoever keeps vCPUs out of the guest may be reading their state.
      if (threads == ending) { // A reset may have ended them meanwhile, and started others.
        threads = List.of();
        ending.forEach(VcpuThread::close);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops all between two instructions, and returns when they have. On the event loop. */
  void stop() {
    gate.close();
    threads.forEach(VcpuThread::kick);
    gate.awaitAllWaiting();
  }

  /** Lets them run. */
  void run() { run(vcpu -> false); }

  /**
   * Lets some of them run.
   *
   * @param frozen which stay where they are, by index
   */
  void run(IntPredicate frozen) {
    threads.forEach(vcpu -> vcpu.freeze(frozen.test(vcpu.index())));
    gate.open();
  }

  /** Lets them run after a stop; their guest's clock is notified of the time that is missing. */
  void goOn(IntPredicate frozen) {
    threads.forEach(VcpuThread::noteStopped);
    run(frozen);
  }

  /** Takes one of them out of the guest, soon, if there are any. Any thread. */
  void kickOne() {
    List<VcpuThread> now = threads;
    if (!now.isEmpty()) {
      now.getFirst().kick();
    }
  }

  /** Lets none enter the guest from now on. Can be called by a vCPU thread. */
  void closeGate() { gate.close(); }

  /**
   * Lets none enter the guest for what a vCPU asks for, and has the event loop do it, as {@link #ask} does. The first
   * request since the gate was opened is done; a guest can make more of them (a reset at each byte of a string), and they
   * are dropped.
   *
   * @param task what
   */
  void stopFor(Runnable task) {
    RunGate now = gate;
    now.close();
    if (now.isFirstStop()) {
      ask(task);
    }
  }

  /**
   * Has the event loop do what a vCPU asked for, unless a reset comes first: then it was about a guest that is gone.
   *
   * @param task what
   */
  void ask(Runnable task) { loop.accept(unlessReplaced(task)); }

  /** {@return the task, for later: it does nothing once a reset has replaced the vCPUs of now} */
  Runnable unlessReplaced(Runnable task) {
    RunGate asked = gate;
    return () -> {
      if (gate == asked) {
        task.run();
      }
    };
  }

  /**
   * Runs a task while no vCPU is in the guest; those that carry out an exit may go on with that.
   *
   * @param task what; on the caller's thread, which is no vCPU's
   */
  void whileOut(Runnable task) {
    lock.lock();
    try {
      List<VcpuThread> held = threads;
      if (held.isEmpty() || lock.getHoldCount() > 1) {
        task.run(); // There are none, or they are out.
        return;
      }
      RunGate now = gate;
      now.hold(() -> held.forEach(VcpuThread::kick), () -> held.stream().noneMatch(VcpuThread::isInGuest));
      try {
        task.run();
      } finally {
        now.release();
      }
    } finally {
      lock.unlock();
    }
  }
}
