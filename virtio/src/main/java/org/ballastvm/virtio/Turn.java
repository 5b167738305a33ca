package org.ballastvm.virtio;

import java.util.function.LongSupplier;

/**
 * What a device takes of the event loop before others have their turn. A guest decides how much there is to do, so both
 * calls of the host and time are bounded: one call may take microseconds or milliseconds. Allocates nothing.
 */
public final class Turn {
  /** As many as a list of a balloon's pages can have ranges. */
  private static final int MOST_CALLS = 4096;
  /** A monitor does not feel it, and a vCPU that waits for a register of the device neither. */
  private static final long MOST_NANOS = 10_000_000;
  /** What lies between two questions without a call takes less than a microsecond, and to read the clock a part of that. */
  private static final int QUESTIONS_A_LOOK = 64;

  private final LongSupplier nanos;
  private int calls;
  private int callsAtLook;
  private int questions;
  private long startNanos;

  /**
   * A turn that has not begun.
   *
   * @param nanos the time, as System.nanoTime
   */
  public Turn(LongSupplier nanos) { this.nanos = nanos; }

  /** The event loop has come to the device. */
  public void begin() {
    calls = 0;
    callsAtLook = 0;
    questions = 0;
    startNanos = nanos.getAsLong();
  }

  /** The host was called. */
  public void called() { calls++; }

  /** {@return whether the device leaves what remains for another turn} */
  public boolean isOver() {
    return calls >= MOST_CALLS || nanos.getAsLong() - startNanos >= MOST_NANOS;
  }

  /** {@return the same, for a device that does nothing which takes long but what {@link #called} counts} */
  public boolean isOverByCalls() {
    if (calls == callsAtLook && ++questions < QUESTIONS_A_LOOK) {
      return false;
    }
    callsAtLook = calls;
    questions = 0;
    return isOver();
  }
}
