package org.ballastvm.vmm.machine;

/** How long a guest may take to do what it was asked. Read by any thread. */
final class Patience {
  private final Runnable requests;
  private volatile long seconds;

  /**
   * Patience that can be changed.
   *
   * @param seconds 0 for no end
   * @param requests is told when there is something new to watch
   */
  Patience(long seconds, Runnable requests) {
    this.seconds = seconds;
    this.requests = requests;
  }

  long seconds() { return seconds; }

  void seconds(long next) {
    seconds = next;
    asked();
  }

  /** The guest was asked for something. */
  void asked() { requests.run(); }
}
