package org.ballastvm.vmm.loop;

/** A thread on which long work is done in turns, so that others have theirs. */
public interface Turns extends AutoCloseable {
  /**
   * Runs a task once, later. Safe for several threads; a task of a user that has closed may be dropped.
   *
   * @param nanos from now, from 0
   * @param turn what
   */
  void after(long nanos, Runnable turn);

  /** Gives back what this holds; no turn is taken any more. On the event loop, or when that has ended. */
  @Override
  void close();
}
