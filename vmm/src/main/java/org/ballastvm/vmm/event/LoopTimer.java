package org.ballastvm.vmm.event;

/** A timer whose task runs on an event loop. To have one takes nothing of the host. */
public final class LoopTimer implements MachineEvents.Alarm {
  /** The place of one that is not armed. */
  static final int NOWHERE = -1;

  private final Timers timers;
  private final Runnable task;
  /** Never armed again. */
  volatile boolean closed;
  /** These are {@link Timers}', under its lock. */
  int place = NOWHERE;
  long dueNanos;
  long periodNanos;

  /**
   * A timer that is not armed.
   *
   * @param loop where the task runs
   * @param task what runs at each expiry; expiries missed meanwhile are one
   */
  public LoopTimer(EventLoop loop, Runnable task) {
    this.timers = loop.timers();
    this.task = task;
  }

  /**
   * Arms the timer, once.
   *
   * @param nanos from now, above zero
   */
  @Override
  public void once(long nanos) { timers.arm(this, nanos, 0); }

  /**
   * Arms the timer, again and again.
   *
   * @param nanos from now to the first, and from each to the next; above zero
   */
  public void every(long nanos) { timers.arm(this, nanos, nanos); }

  /** Disarms it. */
  public void stop() { timers.disarm(this); }

  Runnable task() { return task; }

  /** Disarms it for good. */
  @Override
  public void close() {
    closed = true;
    stop();
  }
}
