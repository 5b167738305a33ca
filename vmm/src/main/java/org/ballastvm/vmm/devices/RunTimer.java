package org.ballastvm.vmm.devices;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.ballastvm.vmm.device.WatchdogFunction;

/** A timer that stands still while the machine does. */
final class RunTimer implements WatchdogFunction.Timer {
  private final LongConsumer alarm;
  private final LongSupplier nanos;
  private boolean running;
  private boolean started;
  private long dueNanos;
  /** What is left of it while the machine stands still. */
  private long leftNanos;

  /**
   * A timer that has not been started, of a machine that may run.
   *
   * @param alarm has {@link #isDue} asked in so many nanoseconds
   * @param nanos as {@link System#nanoTime}
   * @param running whether the machine runs
   */
  RunTimer(LongConsumer alarm, LongSupplier nanos, boolean running) {
    this.alarm = alarm;
    this.nanos = nanos;
    this.running = running;
  }

  @Override
  public synchronized void start(long inNanos) {
    started = true;
    leftNanos = inNanos;
    if (running) {
      arm();
    }
  }

  private void arm() {
    dueNanos = nanos.getAsLong() + leftNanos;
    alarm.accept(leftNanos);
  }

  /** An alarm that rings nevertheless finds nothing due. */
  @Override
  public synchronized void stop() { started = false; }

  /** {@return whether it is over, once for each start} */
  synchronized boolean isDue() {
    boolean due = started && running && nanos.getAsLong() - dueNanos >= 0;
    if (due) {
      started = false;
    }
    return due;
  }

  /** The machine begins to run, or stands still. */
  synchronized void setRunning(boolean runs) {
    if (runs == running) {
      return;
    }
    running = runs;
    if (started && running) {
      arm();
    } else if (started) {
      leftNanos = Math.max(1, dueNanos - nanos.getAsLong());
    }
  }
}
