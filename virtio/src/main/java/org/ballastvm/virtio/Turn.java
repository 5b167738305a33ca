package org.ballastvm.virtio;

import java.util.function.LongSupplier;

/**
 * What a device takes of the event loop before others have their turn. A guest decides how much there is to do, so both
 * calls of the host and time are bounded: one call may take microseconds or milliseconds. Allocates nothing.
 */
final class Turn {
  /** As many as a list can have ranges. */
  static final int MOST_CALLS = PageRanges.CAPACITY;
  /** A monitor does not feel it, and a vCPU that waits for a register of the device neither. */
  static final long MOST_NANOS = 10_000_000;

  private final LongSupplier nanos;
  private int calls;
  private long startNanos;

  /** @param nanos the time, as System.nanoTime */
  Turn(LongSupplier nanos) { this.nanos = nanos; }

  void begin() {
    calls = 0;
    startNanos = nanos.getAsLong();
  }

  /** The host was called. */
  void called() { calls++; }

  boolean isOver() { return calls >= MOST_CALLS || nanos.getAsLong() - startNanos >= MOST_NANOS; }
}
