package org.ballastvm.vmm.loop;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.Pollable;
import org.ballastvm.vmm.state.Log;

/**
 * One thread that waits for doorbells, timers, sockets and posted tasks, and runs their handlers one at a time.
 *
 * <p>
 * A dispatch allocates nothing. A handler must not block; one that throws has found a bug of ours, and its descriptor would
 * be ready for ever: the crash handler is called and the loop ends. A task or a timer that throws ends alone.
 */
public final class EventLoop implements AutoCloseable {
  /** Called when what it registered for is ready. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Runs on the loop's thread.
     *
     * @param events the {@link Epoll} flags that are set
     */
    void ready(int events);
  }

  private final Epoll epoll = Epoll.create();
  /** A token is a place in the table, and above it which of the registrations that were ever there: events may be late. */
  private static final int PLACE_BITS = 16;

  /** Runs of tasks between two looks at descriptors: a thread that posts without end must not keep them waiting. */
  static final int MOST_TASKS = 64;

  private final EventFd wakeup = EventFd.create();
  private final Timers timers = new Timers();
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Consumer<Throwable> crashed;
  private final Thread thread;
  private Registration[] registrations = new Registration[32];
  private int generation;
  private final Consumer<Runnable> runner = this::run;
  private volatile boolean ending;
  private long failures;

  /**
   * A loop that has not started.
   *
   * @param name of the thread
   * @param crashed is called when a handler throws; the loop has ended then
   */
  public EventLoop(String name, Consumer<Throwable> crashed) {
    this.crashed = crashed;
    this.thread = new Thread(this::run, name);
    register(wakeup, Epoll.IN | Epoll.EDGE, events -> runTasks());
    register(timers.clock(), Epoll.IN, events -> timers.ring(runner));
  }

  Timers timers() { return timers; }

  /** Starts the thread. */
  public void start() { thread.start(); }

  /**
   * Watches something until the registration is closed.
   *
   * @param source what to watch
   * @param interest {@link Epoll} flags
   * @param handler runs on the loop's thread
   * @return the way to change or end it
   */
  public Registration register(Pollable source, int interest, Handler handler) {
    Registration registration;
    synchronized (this) {
      int place = 0;
      while (place < registrations.length && registrations[place] != null) {
        place++;
      }
      if (place == registrations.length) {
        registrations = Arrays.copyOf(registrations, place * 2);
      }
      registration = new Registration(source, generation++ << PLACE_BITS | place, handler);
      registrations[place] = registration;
    }
    try {
      epoll.add(source, interest, registration.token);
    } catch (RuntimeException e) {
      forget(registration);
      throw e;
    }
    return registration;
  }

  /**
   * Runs a task on the loop's thread, soon, in the order of posting.
   *
   * @param task must not block
   */
  public void post(Runnable task) {
    tasks.add(task);
    if (woken.compareAndSet(false, true)) {
      wakeup.signal();
    }
  }

  /**
   * For assertions: whether the caller may use what belongs to the loop.
   *
   * @return true on the loop's thread, and on any before the loop has started and when it has ended
   */
  public boolean ownsCaller() { return isCurrentThread() || !thread.isAlive(); }

  /** {@return whether the caller is the loop's thread} */
  public boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Ends the thread and waits for it, unless called on it. Tasks not yet run are dropped. */
  public void stop() {
    if (!ending) {
      ending = true;
      wakeup.signal();
    }
    if (thread.isAlive() && !isCurrentThread()) {
      joinUninterruptibly();
    }
  }

  /** Stops, and gives everything back. */
  @Override
  public void close() {
    stop();
    epoll.close();
    timers.close();
    wakeup.close();
  }

  private void joinUninterruptibly() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!ending) {
        int ready = epoll.await(-1);
        for (int i = 0; i < ready && !ending; i++) {
          Registration registration = registrationOf(epoll.token(i));
          if (registration != null) {
            registration.handler.ready(epoll.events(i));
          }
        }
      }
    } catch (RuntimeException | Error e) {
      crashed.accept(e);
    }
  }

  private void runTasks() {
    woken.set(false);
    int left = MOST_TASKS;
    for (Runnable task = tasks.poll(); task != null && !ending; task = left == 0 ? null : tasks.poll()) {
      left--;
      run(task);
    }
    if (left == 0 && woken.compareAndSet(false, true)) {
      wakeup.signal(); // There may be more. Descriptors come before them.
    }
  }

  /** Runs a task or a timer's. What it throws ends it, and is logged the 1st, 2nd, 4th, 8th... time. */
  void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      if (Long.bitCount(++failures) == 1) {
        Log.of(EventLoop.class).error("a bug in Ballast ended a task on the event loop, number {}; the machine goes on",
            failures, e);
      }
    }
  }

  private synchronized Registration registrationOf(int token) {
    Registration registration = registrations[place(token)];
    return registration != null && registration.token == token ? registration : null;
  }

  private synchronized boolean forget(Registration registration) {
    boolean known = registrations[place(registration.token)] == registration;
    if (known) {
      registrations[place(registration.token)] = null;
    }
    return known;
  }

  private static int place(int token) { return token & (1 << PLACE_BITS) - 1; }

  /** One watched thing. */
  public final class Registration implements AutoCloseable {
    private final Pollable source;
    private final int token;
    private final Handler handler;

    private Registration(Pollable source, int token, Handler handler) {
      this.source = source;
      this.token = token;
      this.handler = handler;
    }

    /**
     * Changes what is watched for.
     *
     * @param interest {@link Epoll} flags; 0 waits for errors alone
     */
    public void interest(int interest) { epoll.modify(source, interest, token); }

    /** Watches no more; the source itself stays open. Closing twice is harmless. */
    @Override
    public void close() {
      if (forget(this)) {
        epoll.remove(source);
      }
    }
  }
}
