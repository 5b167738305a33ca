package org.ballastvm.fault;

/** Has things happen later. */
@FunctionalInterface
public interface FaultTimer {
  /**
   * Runs a task on the event loop, later, under no lock. Any thread.
   *
   * @param millis from now; 0 is as soon as others have had their turn
   * @param task what
   */
  void after(long millis, Runnable task);
}
