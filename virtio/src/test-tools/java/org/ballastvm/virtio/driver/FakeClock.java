package org.ballastvm.virtio.driver;

import java.util.OptionalLong;
import org.ballastvm.virtio.DeviceClock;

/** Time that passes when a test says so. */
public final class FakeClock implements DeviceClock {
  private long now = 1_800_000_000L;
  private long due;
  private Runnable task;
  private long nanos;

  /** Lets time pass; the alarm rings if its time has come. */
  public void pass(long seconds) {
    now += seconds;
    if (task != null && now >= due) {
      Runnable ringing = task;
      task = null;
      ringing.run();
    }
  }

  /** In how many seconds the alarm rings; empty if it does not. */
  public OptionalLong rings() {
    return task == null ? OptionalLong.empty() : OptionalLong.of(due - now);
  }

  /** Lets a moment pass, which rings no alarm. */
  public void passNanos(long count) { nanos += count; }

  @Override
  public long nanoTime() { return nanos; }

  @Override
  public long epochSeconds() { return now; }

  @Override
  public void after(long seconds, Runnable wanted) {
    due = now + seconds;
    task = wanted;
  }

  @Override
  public void cancel() { task = null; }
}
