package org.ballastvm.vmm.policy;

/**
 * How long a guest is left alone after trouble: at first ten seconds, twice as long when the next trouble comes soon after,
 * up to ten minutes. It counts time that has passed, so no clock can make it endless.
 */
final class BackOff {
  private static final long SECOND = 1_000_000_000L;
  /** The first wait. */
  static final long SHORTEST_NANOS = 10 * SECOND;
  /** The longest wait. */
  static final long LONGEST_NANOS = 600 * SECOND;
  /** Trouble is new, and not the old one again, after so many times the last wait. */
  private static final int FORGOTTEN_AFTER = 4;

  private long waitNanos = SHORTEST_NANOS;
  private long sinceNanos;

  /** After it has begun, the first wait is on: a guest that is new has enough to do. */
  void pass(long nanos) {
    sinceNanos = Math.min(sinceNanos + nanos, Long.MAX_VALUE / 2);
  }

  /** There is trouble. Within a wait it is still the same. */
  void trouble() {
    if (leftNanos() == 0) {
      waitNanos = sinceNanos < FORGOTTEN_AFTER * waitNanos ? Math.min(2 * waitNanos, LONGEST_NANOS) : SHORTEST_NANOS;
    }
    sinceNanos = 0;
  }

  /** How long the guest is to be left alone yet. */
  long leftNanos() { return Math.max(0, waitNanos - sinceNanos); }
}
