package org.ballastvm.vmm.loop;

/** A thread that serves one event loop alone: it waits on that loop's own epoll. */
final class OwnThread implements LoopHost {
  private final Served loop;
  private final Thread thread;

  /** One that has not started. */
  OwnThread(String name, Served loop) {
    this.loop = loop;
    this.thread = new Thread(this::run, name);
  }

  private void run() {
    try {
      boolean goesOn = true;
      while (goesOn) {
        goesOn = loop.turn(-1);
      }
    } catch (RuntimeException | Error bug) {
      loop.crashed(bug);
    }
  }

  @Override
  public void start() { thread.start(); }

  @Override
  public boolean isCurrentThread() { return Thread.currentThread() == thread; }

  @Override
  public boolean isServing() { return thread.isAlive(); }

  @Override
  public boolean runHere(Runnable task) {
    boolean here = isCurrentThread();
    if (here) {
      task.run();
    }
    return here;
  }

  @Override
  public void stop() {
    if (!isCurrentThread()) {
      join(thread);
    }
  }

  /** Waits for the end of a thread, however often the caller is interrupted; it stays interrupted then. */
  static void join(Thread ending) {
    boolean interrupted = false;
    while (ending.isAlive()) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
