package org.ballastvm.vmm.loop;

import java.util.concurrent.TimeUnit;
import org.ballastvm.virtio.DeviceClock;

/** The time of a device, whose alarm rings on an event loop. */
public final class LoopClock implements DeviceClock {
  private final LoopTimer timer;
  private Runnable task;

  /**
   * A clock whose alarm is not set.
   *
   * @param loop where the alarm rings, and the only user of this clock
   */
  public LoopClock(EventLoop loop) { timer = new LoopTimer(loop, () -> task.run()); }

  @Override
  public long epochSeconds() { return TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()); }

  @Override
  public void after(long seconds, Runnable wanted) {
    task = wanted;
    timer.once(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Override
  public void cancel() { timer.stop(); }
}
