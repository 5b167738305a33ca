package org.ballastvm.vmm.block;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Threads that do what disks have to wait for, for all disks of a machine. They come one by one, while there is more to do than
 * those that are there can take, and go when they have had nothing to do for a while.
 */
public final class DiskWorkers implements AutoCloseable {
  /** As many as QEMU has for one of its threads. */
  static final int MOST = 64;
  private static final long IDLE_NANOS = 10_000_000_000L;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long STACK_BYTES = 256 << 10;

  /** Who has work for them. */
  interface Source {
    /**
     * Does one piece of work; there may be none any more.
     *
     * @param scratch the thread's
     */
    void workOne(IoScratch scratch);
  }

  private final String name;
  private final Consumer<Throwable> crashed;
  /** A source for each piece of its work. */
  private final ArrayDeque<Source> waiting = new ArrayDeque<>();
  private final List<Thread> threads = new ArrayList<>();
  private int idle;
  private int started;
  private boolean ended;

  /**
   * None yet.
   *
   * @param name what the threads' names begin with
   * @param crashed hears of a bug of ours
   */
  public DiskWorkers(String name, Consumer<Throwable> crashed) {
    this.name = name;
    this.crashed = crashed;
  }

  /** Has a piece of work done, soon. Any thread. */
  synchronized void add(Source source) {
    waiting.add(source);
    callOne();
  }

  /** Wakes or starts one thread; it calls the next if there is more. */
  private void callOne() {
    if (idle > 0) {
      notify();
    } else if (threads.size() < MOST && !ended) {
      Thread thread = new Thread(null, this::run, name + "-io" + started++, STACK_BYTES);
      thread.setDaemon(true); // One that waits for a disk that never answers must not keep the process.
      threads.add(thread);
      thread.start();
    }
  }

  /** {@return how many there are} */
  synchronized int count() { return threads.size(); }

  private void run() {
    IoScratch scratch = new IoScratch();
    try {
      for (Source source = next(); source != null; source = next()) {
        source.workOne(scratch);
      }
    } catch (RuntimeException | Error bug) {
      crashed.accept(bug);
    }
  }

  /** Null: the thread is to end, for it has waited for long. */
  private synchronized Source next() {
    long end = System.nanoTime() + IDLE_NANOS;
    long left = IDLE_NANOS;
    while (waiting.isEmpty() && !ended && left > 0) {
      idle++;
      try {
        wait(left / NANOS_PER_MILLI + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } finally {
        idle--;
      }
      left = end - System.nanoTime();
    }
    Source source = waiting.poll();
    if (source == null) {
      threads.remove(Thread.currentThread());
    } else if (!waiting.isEmpty()) {
      callOne();
    }
    return source;
  }

  /** Ends the threads, which have nothing to do any more, and waits for them. */
  @Override
  public void close() {
    List<Thread> last;
    synchronized (this) {
      ended = true;
      last = List.copyOf(threads);
      notifyAll();
    }
    for (Thread thread : last) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
