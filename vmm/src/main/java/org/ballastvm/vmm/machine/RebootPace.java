package org.ballastvm.vmm.machine;

import java.util.concurrent.TimeUnit;

/**
 * How long a guest's reset waits. A guest that resets itself before any kernel could have booted will do so for ever, and
 * would take a processor of the host and fill its log. On the event loop.
 */
final class RebootPace {
  /** No kernel boots in less. */
  static final long LEAST_BOOT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  /** So many in a row may be meant: tests of firmware, kexec by reset. */
  static final int FREE = 3;
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int MOST_DOUBLINGS = 10;

  private long startedNanos;
  private int quick;

  /** A machine that starts. */
  RebootPace(long nowNanos) { startedNanos = nowNanos; }

  /** The guest starts. */
  void started(long nowNanos) { startedNanos = nowNanos; }

  /** {@return how many resets in a row came too soon} */
  int quick() { return quick; }

  /**
   * The guest asks for a reset.
   *
   * @param nowNanos System.nanoTime
   * @return how long it waits, in nanoseconds; 0 for a guest that may have booted
   */
  long asked(long nowNanos) {
    quick = nowNanos - startedNanos < LEAST_BOOT_NANOS ? quick + 1 : 0;
    return quick <= FREE ? 0 : Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(quick - FREE - 1, MOST_DOUBLINGS));
  }
}
