package org.ballastvm.device;

/** Has things happen later, for devices that users wrote. */
@FunctionalInterface
public interface DeviceTimer {
  /**
   * Runs a task on the event loop, later, under no lock. Any thread.
   *
   * @param millis from now; 0 is as soon as others have had their turn
   * @param task what
   */
  void after(long millis, Runnable task);
}
