package org.ballastvm.vmm.loop;

/** A timer whose task runs on an event loop. To have one takes nothing of the host. */
public final class LoopTimer implements Alarm {
  private final Timers timers;
  private final Timers.Entry entry;

  /**
   * A timer that is not armed.
   *
   * @param loop where the task runs
   * @param task what runs at each expiry; expiries missed meanwhile are one
   */
  public LoopTimer(EventLoop loop, Runnable task) {
    this.timers = loop.timers();
    this.entry = new Timers.Entry(task);
  }

  /**
   * Arms the timer, once.
   *
   * @param nanos from now, above zero
   */
  @Override
  public void once(long nanos) { timers.arm(entry, nanos, 0); }

  /**
   * Arms the timer, again and again.
   *
   * @param nanos from now to the first, and from each to the next; above zero
   */
  public void every(long nanos) { timers.arm(entry, nanos, nanos); }

  /** Disarms it. */
  public void stop() { timers.disarm(entry); }

  /** When it was last armed for, by {@link System#nanoTime}. */
  long dueNanos() { return entry.dueNanos(); }

  /** Disarms it for good. */
  @Override
  public void close() { timers.retire(entry); }
}
