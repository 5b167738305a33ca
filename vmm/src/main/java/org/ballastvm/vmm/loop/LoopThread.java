package org.ballastvm.vmm.loop;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.vmm.state.MachineScope;

/**
 * A thread that serves the event loops of several machines, a turn each while they have something to do. Its epoll waits for
 * theirs: a loop comes and goes without a look at the others' descriptors, timers and tasks.
 *
 * <p>
 * A turn is a batch of descriptors and {@link EventLoop#MOST_TASKS} tasks at most, so a loop that is never done keeps another
 * waiting for one turn. A turn that throws ends its own loop.
 */
public final class LoopThread implements AutoCloseable {
  /** The token of the thread's own bell, which no loop is given. */
  private static final int BELL = -1;

  private final Epoll epoll;
  private final EventFd bell;
  private final Thread thread;
  private final TokenTable<Seat> seats = new TokenTable<>();
  /** Loops that were given a seat and have not left it, whether they have started or not. */
  private int taken;
  private boolean closed;
  private volatile boolean ending;

  private LoopThread(String name, Epoll epoll, EventFd bell) {
    this.epoll = epoll;
    this.bell = bell;
    this.thread = new Thread(() -> MachineScope.process().run(this::run), name);
  }

  /**
   * Starts a thread that serves nobody yet.
   *
   * @param name of the thread
   * @return the thread; whoever made it closes it
   * @throws org.ballastvm.kvm.HostError if the host has no more descriptors
   */
  public static LoopThread start(String name) {
    EventFd bell = EventFd.create();
    try {
      LoopThread started = new LoopThread(name, Epoll.create(), bell);
      started.epoll.add(bell, Epoll.IN | Epoll.EDGE, BELL);
      started.thread.start();
      return started;
    } catch (RuntimeException e) {
      bell.close();
      throw e;
    }
  }

  /**
   * Makes room for a loop, which is served once it starts.
   *
   * @throws IllegalStateException if this is closed
   */
  synchronized LoopHost seat(Served loop) {
    if (closed || ending) {
      throw new IllegalStateException("the loop thread " + thread.getName() + " is closed: it serves no other machine");
    }
    taken++;
    return new Seat(loop);
  }

  /** {@return how many loops are on it, those among them that have not started} */
  public synchronized int loops() {
    return taken;
  }

  private void run() {
    try {
      while (!ending) {
        int ready = epoll.await(-1);
        for (int i = 0; i < ready; i++) {
          Seat seat = seats.at(epoll.token(i));
          if (seat != null) { // It is the bell, otherwise, or has left since the kernel looked.
            seat.serve();
          }
        }
      }
    } catch (RuntimeException | Error bug) { // A thread that cannot wait serves nobody: all loops on it end.
      seats.all().forEach(seat -> seat.crash(bug));
    } finally {
      giveBack();
    }
  }

  private synchronized void giveBack() {
    ending = true;
    epoll.close();
    bell.close();
  }

  /** Takes no other machine, and ends with the last one that is on it. Waits for that end if there is none. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    endIfUnused();
  }

  private void endIfUnused() {
    synchronized (this) {
      if (!closed || taken > 0) {
        return;
      }
      if (!ending) {
        ending = true;
        bell.signal();
      }
    }
    if (!isCaller()) {
      OwnThread.join(thread);
    }
  }

  private boolean isCaller() { return Thread.currentThread() == thread; }

  private synchronized void sit(Seat seat) {
    if (ending) {
      throw new IllegalStateException("the loop thread " + thread.getName() + " has ended");
    }
    int token = seats.add(seat);
    try {
      epoll.add(seat.loop.epoll(), Epoll.IN, token);
      seat.token = token;
    } catch (RuntimeException e) {
      seats.remove(token);
      throw e;
    }
  }

  private void leave(Seat seat) {
    synchronized (this) {
      if (seat.left) {
        return;
      }
      seat.left = true;
      taken--;
      if (seats.remove(seat.token) && !ending) {
        epoll.remove(seat.loop.epoll());
      }
    }
    endIfUnused();
  }

  /** Where a loop stands. */
  private enum State {
    /** It is being put together. */
    NEW,
    /** It waits for its turn. */
    WAITING,
    /** It has its turn. */
    SERVED,
    /** It has its last turn. */
    LEAVING,
    /** It has no other turn. */
    GONE
  }

  /** A loop's place on the thread. */
  private final class Seat implements LoopHost {
    private final Served loop;
    private final MachineScope scope = MachineScope.current();
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final Semaphore gone = new Semaphore(0);
    private final Runnable turn = this::turn;
    private int token = BELL;
    private boolean left;

    Seat(Served loop) { this.loop = loop; }

    @Override
    public void start() {
      if (!state.compareAndSet(State.NEW, State.WAITING)) {
        throw new IllegalStateException("an event loop starts once");
      }
      sit(this);
    }

    private void turn() { loop.turn(0); }

    /** On the thread. */
    void serve() {
      if (begin()) {
        try {
          scope.run(turn);
        } catch (RuntimeException | Error bug) {
          reportAndStop(bug);
        } finally {
          end();
        }
      }
    }

    /** Ends a loop for a bug, of its own or of the thread. On the thread. */
    void crash(Throwable bug) {
      if (begin()) {
        try {
          reportAndStop(bug);
        } finally {
          end();
        }
      }
    }

    private void reportAndStop(Throwable bug) {
      try {
        scope.run(() -> loop.crashed(bug));
      } catch (RuntimeException | Error worse) { // The others' thread must not end for it.
        thread.getUncaughtExceptionHandler().uncaughtException(thread, worse);
      } finally {
        stop();
      }
    }

    /** Begins a turn, unless the loop has been stopped. */
    private boolean begin() {
      return state.compareAndSet(State.WAITING, State.SERVED);
    }

    private void end() {
      if (!state.compareAndSet(State.SERVED, State.WAITING)) {
        state.set(State.GONE);
        gone.release();
      }
    }

    @Override
    public boolean isCurrentThread() { return isCaller() && isTurn(state.get()); }

    @Override
    public boolean isServing() {
      State now = state.get();
      return now != State.NEW && now != State.GONE;
    }

    @Override
    public boolean runHere(Runnable task) {
      if (!isCaller()) {
        return false;
      }
      if (isTurn(state.get()) || state.get() == State.NEW) {
        scope.run(task);
      } else if (begin()) { // In the turn of another loop.
        try {
          scope.run(task);
        } finally {
          end();
        }
      }
      return true;
    }

    @Override
    public void stop() {
      State before = state.getAndUpdate(now -> isTurn(now) ? State.LEAVING : State.GONE);
      if (isTurn(before) && !isCaller()) {
        gone.acquireUninterruptibly();
        gone.release(); // For whoever else waits.
      }
      leave(this);
    }

    private static boolean isTurn(State state) { return state == State.SERVED || state == State.LEAVING; }
  }
}
