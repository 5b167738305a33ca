package org.ballastvm.vmm.event;

/** Turns on an event loop, between its other work. It has a timer from the first turn that is to wait. */
public final class LoopTurns implements Turns {
  private final EventLoop loop;
  private LoopTimer timer;
  private Runnable waiting;
  private boolean closed;

  /**
   * No turn is waited for.
   *
   * @param loop where turns are taken; one that waits at a time
   */
  public LoopTurns(EventLoop loop) { this.loop = loop; }

  @Override
  public void after(long nanos, Runnable turn) {
    if (nanos <= 0) {
      loop.post(turn);
    } else {
      loop.post(() -> arm(nanos, turn));
    }
  }

  private void arm(long nanos, Runnable turn) {
    if (closed) {
      return;
    }
    if (timer == null) {
      timer = new LoopTimer(loop, () -> waiting.run());
    }
    waiting = turn;
    timer.once(nanos);
  }

  @Override
  public void close() {
    closed = true;
    if (timer != null) {
      timer.close();
      timer = null;
    }
  }
}
