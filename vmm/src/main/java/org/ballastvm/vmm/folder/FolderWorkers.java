package org.ballastvm.vmm.folder;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.ballastvm.virtio.p9.P9Workers;

/** The threads that serve a folder: none while nobody asks, and few however much is asked. */
public final class FolderWorkers implements P9Workers {
  /** As many disks answer at once that are worth waiting for together. */
  static final int MOST = 4;

  private static final long IDLE_SECONDS = 10;
  private static final long STACK_BYTES = 512 << 10;

  private final ThreadPoolExecutor threads;
  private final AtomicInteger number = new AtomicInteger();
  private int unfinished;

  /**
   * No thread yet.
   *
   * @param tag of the folder, which the threads bear
   * @param crashed hears of a bug of ours
   */
  public FolderWorkers(String tag, Consumer<Throwable> crashed) {
    threads = new ThreadPoolExecutor(MOST, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
      Thread thread = new Thread(null, task, "9p-" + tag + "-" + number.getAndIncrement(), STACK_BYTES);
      thread.setDaemon(true); // Nobody waits for a disk that does not answer.
      thread.setUncaughtExceptionHandler((failed, bug) -> crashed.accept(bug));
      return thread;
    });
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void work(Runnable request) {
    count(1);
    threads.execute(() -> {
      try {
        request.run();
      } finally {
        count(-1);
      }
    });
  }

  private synchronized void count(int more) {
    unfinished += more;
    if (unfinished == 0) {
      notifyAll();
    }
  }

  /**
   * Waits until every request is done.
   *
   * @param endNanos until when at the latest, by System.nanoTime
   * @return whether they are; not if the host takes longer, or the caller was interrupted
   */
  public synchronized boolean settle(long endNanos) {
    try {
      for (long left = endNanos - System.nanoTime(); unfinished > 0 && left > 0; left = endNanos - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return unfinished == 0;
  }

  @Override
  public void close() { threads.shutdown(); }
}
