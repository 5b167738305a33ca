package org.ballastvm.vmm.loop;

/** Turns on an event loop, between its other work. */
public final class LoopTurns implements Turns {
  private final EventLoop loop;
  private final LoopTimer timer;
  private Runnable waiting;

  /**
   * No turn is waited for.
   *
   * @param loop where turns are taken; one that waits at a time
   */
  public LoopTurns(EventLoop loop) {
    this.loop = loop;
    this.timer = new LoopTimer(loop, () -> waiting.run());
  }

  @Override
  public void after(long nanos, Runnable turn) {
    if (nanos <= 0) {
      loop.post(turn);
    } else {
      loop.post(() -> {
        waiting = turn;
        timer.once(nanos);
      });
    }
  }

  @Override
  public void close() { timer.close(); }
}
