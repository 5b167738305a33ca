package org.ballastvm.vmm.event;

import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.TimerFd;

/** A timer whose task runs on an event loop. */
public final class LoopTimer implements MachineEvents.Alarm {
  private final TimerFd timer = TimerFd.create();
  private final EventLoop.Registration registration;

  /**
   * A timer that is not armed.
   *
   * @param loop where the task runs
   * @param task what runs at each expiry; expiries missed meanwhile are one
   */
  public LoopTimer(EventLoop loop, Runnable task) {
    registration = loop.register(timer, Epoll.IN, events -> {
      if (timer.drain() > 0) {
        task.run();
      }
    });
  }

  /**
   * Arms the timer, once.
   *
   * @param nanos from now, above zero
   */
  @Override
  public void once(long nanos) { timer.arm(nanos, 0); }

  /**
   * Arms the timer, again and again.
   *
   * @param nanos from now to the first, and from each to the next; above zero
   */
  public void every(long nanos) { timer.arm(nanos, nanos); }

  /** Disarms it. */
  public void stop() { timer.disarm(); }

  @Override
  public void close() {
    registration.close();
    timer.close();
  }
}
