package org.ballastvm.vmm.loop;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.Pollable;
import org.ballastvm.vmm.state.Log;

/**
 * Waits for doorbells, timers, sockets and posted tasks, and runs their handlers one at a time: on a thread of its own, or on
 * one that serves other loops too.
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

  /** Runs of tasks between two looks at descriptors: a thread that posts without end must not keep them waiting. */
  static final int MOST_TASKS = 64;

  private final Epoll epoll = Epoll.create();
  private final EventFd wakeup = EventFd.create();
  private final Timers timers = new Timers();
  private final TokenTable<Registration> registrations = new TokenTable<>();
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Consumer<Throwable> crashed;
  private final LoopHost host;
  private final Consumer<Runnable> runner = this::run;
  private volatile boolean ending;
  private long failures;

  /**
   * A loop that has not started, with a thread of its own.
   *
   * @param name of the thread
   * @param crashed is called when a handler throws; the loop has ended then
   */
  public EventLoop(String name, Consumer<Throwable> crashed) {
    this.crashed = crashed;
    this.host = new OwnThread(name, new Serving());
    watchOwn();
  }

  /**
   * A loop that has not started, on a thread that serves others too. It works for the machine that the caller works for.
   *
   * @param thread where it is served from its start to its end
   * @param crashed is called when a handler throws; the loop has ended then, and the others go on
   * @throws IllegalStateException if that thread takes no other loop
   */
  public EventLoop(LoopThread thread, Consumer<Throwable> crashed) {
    this.crashed = crashed;
    try {
      this.host = thread.seat(new Serving());
    } catch (IllegalStateException e) {
      giveBack();
      throw e;
    }
    watchOwn();
  }

  private void watchOwn() {
    register(wakeup, Epoll.IN | Epoll.EDGE, events -> runTasks());
    register(timers.clock(), Epoll.IN, events -> timers.ring(runner));
  }

  Timers timers() { return timers; }

  /** Starts to run handlers, and tasks that were posted before. Once. */
  public void start() { host.start(); }

  /**
   * Watches something until the registration is closed.
   *
   * @param source what to watch
   * @param interest {@link Epoll} flags
   * @param handler runs on the loop's thread
   * @return the way to change or end it
   */
  public Registration register(Pollable source, int interest, Handler handler) {
    Registration registration = new Registration(source, handler);
    registration.token = registrations.add(registration);
    try {
      epoll.add(source, interest, registration.token);
    } catch (RuntimeException e) {
      registrations.remove(registration.token);
      throw e;
    }
    return registration;
  }

  /**
   * Runs a task on the loop's thread, soon, in the order of posting; drops it if the loop has ended.
   *
   * @param task must not block
   */
  public void post(Runnable task) {
    if (ending) {
      return;
    }
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
  public boolean ownsCaller() { return isCurrentThread() || !host.isServing(); }

  /** {@return whether the caller is the loop's thread, and that runs this loop} */
  public boolean isCurrentThread() {
    return host.isCurrentThread();
  }

  /**
   * Runs a task now if the caller is the loop's thread, for this loop or for another one: it would wait for itself if it
   * posted the task and waited. A loop that has ended drops it.
   *
   * @param task must not block
   * @return whether the caller is that thread; the task was not run otherwise
   */
  public boolean runHere(Runnable task) { return host.runHere(task); }

  /** Ends the loop, and a thread of its own; waits for that unless called on the thread. Tasks not yet run are dropped. */
  public void stop() {
    if (!ending) {
      ending = true;
      wakeup.signal();
    }
    host.stop();
  }

  /** Stops, and gives everything back. */
  @Override
  public void close() {
    stop();
    giveBack();
  }

  private void giveBack() {
    epoll.close();
    timers.close();
    wakeup.close();
  }

  /** What the thread does with it. */
  private final class Serving implements Served {
    @Override
    public Epoll epoll() { return epoll; }

    @Override
    public boolean turn(int timeoutMillis) {
      int ready = ending ? 0 : epoll.await(timeoutMillis);
      for (int i = 0; i < ready && !ending; i++) {
        Registration registration = registrations.at(epoll.token(i));
        if (registration != null) {
          registration.handler.ready(epoll.events(i));
        }
      }
      return !ending;
    }

    @Override
    public void crashed(Throwable bug) { crashed.accept(bug); }
  }

  private void runTasks() {
    woken.set(false);
    int left = MOST_TASKS;
    for (Runnable task = tasks.poll(); task != null && !ending; task = left == 0 ? null : tasks.poll()) {
      left--;
      run(task);
    }
    if (left == 0 && !ending && woken.compareAndSet(false, true)) {
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

  /** One watched thing. */
  public final class Registration implements AutoCloseable {
    private final Pollable source;
    private final Handler handler;
    /** Set before anybody else has this. */
    private int token;

    private Registration(Pollable source, Handler handler) {
      this.source = source;
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
      if (registrations.remove(token)) {
        epoll.remove(source);
      }
    }
  }
}
