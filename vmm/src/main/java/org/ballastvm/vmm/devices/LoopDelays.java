package org.ballastvm.vmm.devices;

import java.util.concurrent.TimeUnit;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTimer;

/**
 * Has things happen on an event loop, later. Whoever asks bounds how many wait.
 *
 * @param loop where
 */
record LoopDelays(EventLoop loop) {
  /** Runs a task once, so many milliseconds from now; 0 is as soon as others have had their turn. */
  void after(long millis, Runnable task) {
    if (millis <= 0) {
      loop.post(task);
    } else {
      new LoopTimer(loop, task).once(TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }
}
