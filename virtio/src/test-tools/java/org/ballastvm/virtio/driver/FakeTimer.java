package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.fault.FaultTimer;

/** Time that passes when a test says so, for faults. */
public final class FakeTimer implements FaultTimer {
  private final List<Due> waiting = new ArrayList<>();
  private long now;

  private record Due(long at, Runnable task) {}

  @Override
  public void after(long millis, Runnable task) { waiting.add(new Due(now + millis, task)); }

  /** Lets time pass; what is due happens. */
  public void pass(long millis) {
    now += millis;
    List<Due> due = waiting.stream().filter(each -> each.at <= now).toList();
    waiting.removeAll(due);
    due.forEach(each -> each.task.run());
  }
}
