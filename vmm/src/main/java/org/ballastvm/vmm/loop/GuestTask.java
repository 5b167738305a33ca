package org.ballastvm.vmm.loop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A task on the event loop that a guest causes, as often as it likes: at most one of it waits. What it needs to know it reads
 * when it runs.
 */
public final class GuestTask {
  private final EventLoop loop;
  private final Runnable task;
  private final Runnable turn = this::run;
  private final AtomicBoolean waits = new AtomicBoolean();

  /**
   * A task that does not wait.
   *
   * @param loop where it runs
   * @param task what
   */
  public GuestTask(EventLoop loop, Runnable task) {
    this.loop = loop;
    this.task = task;
  }

  /** Has it run, soon; if it waits already, once is enough. From any thread. Allocates nothing while it waits. */
  public void post() {
    if (!waits.get() && !waits.getAndSet(true)) {
      loop.post(turn);
    }
  }

  private void run() {
    waits.set(false); // First: what the guest does from here on may be missed by the task.
    task.run();
  }
}
