package org.ballastvm.vmm.loop;

import java.util.Arrays;
import java.util.function.Consumer;
import org.ballastvm.kvm.TimerFd;

/**
 * The timers of an event loop, all by one of the host's: one more needs no descriptor, so none can be refused when it is
 * needed. They are few, so the next one is looked for among all. Armed and disarmed by any thread.
 */
final class Timers implements AutoCloseable {
  private static final int USUAL = 16;
  /** The place of one that is not armed. */
  private static final int NOWHERE = -1;

  /** A timer, and when it is due. */
  static final class Entry {
    private final Runnable task;
    private int place = NOWHERE;
    /** By {@link System#nanoTime}. */
    private long dueNanos;
    private long periodNanos;
    /** Never armed again. */
    private boolean closed;

    /** One that is not armed. */
    Entry(Runnable task) { this.task = task; }

    long dueNanos() { return dueNanos; }
  }

  private final TimerFd clock = TimerFd.create();
  /** Those that are armed, in no order. */
  private Entry[] armed = new Entry[USUAL];
  private int count;
  /** Whether the clock will ring, or has rung and was not heard yet. */
  private boolean set;
  private long setNanos;
  private boolean closed;

  /** Rings when {@link #ring} should be called. */
  TimerFd clock() { return clock; }

  synchronized void arm(Entry timer, long firstNanos, long periodNanos) {
    if (firstNanos <= 0) {
      throw new IllegalArgumentException("a timer of " + firstNanos + " ns");
    }
    if (timer.closed || closed) {
      return;
    }
    timer.dueNanos = System.nanoTime() + firstNanos;
    timer.periodNanos = periodNanos;
    if (timer.place == NOWHERE) {
      if (count == armed.length) {
        armed = Arrays.copyOf(armed, 2 * count);
      }
      timer.place = count;
      armed[count++] = timer;
    }
    if (!set || timer.dueNanos - setNanos < 0) {
      setClock(timer.dueNanos);
    }
  }

  /** The clock stays as it is: it may ring for nobody. */
  synchronized void disarm(Entry timer) {
    if (timer.place != NOWHERE) {
      Entry last = armed[--count];
      armed[timer.place] = last;
      last.place = timer.place;
      armed[count] = null;
      timer.place = NOWHERE;
    }
  }

  /** Disarms it for good. */
  synchronized void retire(Entry timer) {
    timer.closed = true;
    disarm(timer);
  }

  /** Has the task of each timer that is due run, on the loop's thread. */
  void ring(Consumer<Runnable> runner) {
    clock.drain();
    long now = System.nanoTime();
    for (Entry due = takeDue(now); due != null; due = takeDue(now)) {
      runner.accept(due.task);
    }
    setForNext();
  }

  private synchronized Entry takeDue(long now) {
    Entry next = next();
    if (next == null || next.dueNanos - now > 0) {
      return null;
    }
    if (next.periodNanos == 0) {
      disarm(next);
    } else { // of those that were missed, this is all
      next.dueNanos += ((now - next.dueNanos) / next.periodNanos + 1) * next.periodNanos;
    }
    return next;
  }

  private synchronized void setForNext() {
    Entry next = next();
    set = false;
    if (next != null) {
      setClock(next.dueNanos);
    }
  }

  private void setClock(long dueNanos) {
    set = true;
    setNanos = dueNanos;
    clock.arm(Math.max(1, dueNanos - System.nanoTime()), 0);
  }

  private Entry next() {
    Entry next = null;
    for (int i = 0; i < count; i++) {
      if (next == null || armed[i].dueNanos - next.dueNanos < 0) {
        next = armed[i];
      }
    }
    return next;
  }

  /** Disarms all for good: a timer's own task may close the loop. */
  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(armed, 0, count, null);
    count = 0;
    clock.close();
  }
}
