package org.ballastvm.vmm.loop;

/** Runs a task some time later, on the event loop: by the host's clock, or by one that a test moves. */
interface Alarm extends AutoCloseable {
  /**
   * Arms it, once.
   *
   * @param nanos from now, above zero
   */
  void once(long nanos);

  /** Disarms it for good. */
  @Override
  void close();
}
