package org.ballastvm.vmm.machine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where vCPU threads wait while the machine is paused.
 *
 * <p>
 * A running vCPU passes with one volatile read. Whoever closes the gate kicks the vCPUs out of the guest and can then
 * wait until every one of them stands here; from then on their registers are nobody else's.
 */
final class RunGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final int threads;
  private int waiting;
  private volatile boolean open;
  private volatile boolean held;
  private volatile boolean ended;
  private final AtomicBoolean stopAsked = new AtomicBoolean();

  /** A closed gate for that many threads. */
  RunGate(int threads) { this.threads = threads; }

  /** Called by a vCPU thread before it enters the guest: waits while the gate is closed. False: end the thread. */
  boolean pass() {
    if (isPassable()) {
      return true;
    }
    lock.lock();
    try {
      waiting++;
      changed.signalAll();
      while ((!open || held) && !ended) {
        changed.awaitUninterruptibly();
      }
      waiting--;
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has a vCPU thread wait for something besides the gate. While it waits it counts as stopped.
   *
   * @param done whether it has come about; whoever brings it about calls {@link #nudge}
   */
  void awaitUntil(BooleanSupplier done) {
    lock.lock();
    try {
      waiting++;
      changed.signalAll();
      while (!done.getAsBoolean() && !ended) {
        changed.awaitUninterruptibly();
      }
      waiting--;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has a vCPU thread wait for a time, or until the machine ends. It stands at the gate meanwhile.
   *
   * @param nanos how long at most
   */
  void rest(long nanos) {
    lock.lock();
    try {
      waiting++;
      changed.signalAll();
      long left = nanos; // Others who rest signal too.
      while (left > 0 && !ended) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  /** Has those look again who wait. */
  void nudge() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #pass} would not wait. */
  boolean isPassable() { return open && !held && !ended; }

  /**
   * Holds all that come here, whatever becomes of the gate meanwhile, and waits until nobody is in the guest. Unlike at a
   * closed gate, vCPUs may be about their exits. One holds at a time; never called by a vCPU thread.
   *
   * @param kick takes vCPUs out of the guest
   * @param nobodyInside whether none is in it
   */
  void hold(Runnable kick, BooleanSupplier nobodyInside) {
    held = true;
    kick.run();
    lock.lock();
    try {
      while (!nobodyInside.getAsBoolean()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of those that {@link #hold} holds. */
  void release() {
    lock.lock();
    try {
      held = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Called by a vCPU thread that has left the guest: wakes whoever holds the gate. */
  void left() {
    if (held) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Lets the vCPUs run. */
  void open() {
    lock.lock();
    try {
      stopAsked.set(false);
      open = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Closes the gate; vCPUs in the guest must be kicked by the caller. Can be called by a vCPU thread. */
  void close() {
    open = false;
  }

  /** {@return whether this is asked for the first time since the gate was opened, by a vCPU that closed it} */
  boolean isFirstStop() {
    return !stopAsked.getAndSet(true);
  }

  /** Makes every vCPU thread end when it comes here. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all vCPU threads stand at the closed gate. Never called by a vCPU thread. */
  void awaitAllWaiting() {
    lock.lock();
    try {
      while (waiting < threads && !ended) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
