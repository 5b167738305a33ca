package org.ballastvm.virtio;

/** What a device has of time: a clock with one alarm. It is used on the event loop alone. */
public interface DeviceClock {
  /** {@return the time, in seconds since 1970} */
  long epochSeconds();

  /** {@return a time to measure with, as System.nanoTime} */
  default long nanoTime() { return System.nanoTime(); }

  /**
   * Runs a task on the event loop, once, later. Only the last call counts.
   *
   * @param seconds from now, above zero, below 2^32
   * @param task what; must not block
   */
  void after(long seconds, Runnable task);

  /** Runs no task, and holds nothing of the host until the next call of {@link #after}. */
  void cancel();
}
