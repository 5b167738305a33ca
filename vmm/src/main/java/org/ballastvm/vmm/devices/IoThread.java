package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostProcess;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.loop.LoopTurns;
import org.ballastvm.vmm.loop.Turns;

/**
 * A thread that a user made for devices. It does their long work, or hears their doorbells, so that the machine's event loop is
 * free for others.
 */
public final class IoThread implements AutoCloseable {
  private final IoThreadConfig config;
  private final Consumer<Throwable> crashed;
  private final EventLoop loop;
  private final int threadId;
  /** Confined to the machine's event loop. */
  private final List<String> users = new ArrayList<>();

  /** Starts it; the crash handler is called for a bug of ours. */
  IoThread(IoThreadConfig config, Consumer<Throwable> crashed) {
    this.config = config;
    this.crashed = crashed;
    this.loop = new EventLoop("iothread-" + config.id(), crashed);
    CompletableFuture<Integer> id = new CompletableFuture<>();
    loop.post(() -> id.complete(HostProcess.threadId()));
    loop.start();
    this.threadId = id.join();
  }

  /** {@return what was asked for} */
  public IoThreadConfig config() { return config; }

  /** {@return the host's number of the thread} */
  public int threadId() { return threadId; }

  /** {@return who uses it, for people; empty if nobody does} */
  public String user() {
    return String.join(", ", users);
  }

  /** Lets a device use it, until it closes what it is given. Called on the event loop, or before it has started. */
  Turns use(String device) {
    users.add(device);
    return new Turns() {
      private final LoopTurns turns = new LoopTurns(loop);

      @Override
      public void after(long nanos, Runnable turn) { turns.after(nanos, () -> take(turn)); }

      @Override
      public void close() {
        turns.close();
        users.remove(device);
      }
    };
  }

  /** Lets a device hear its doorbells on it, until {@link #leave}. */
  EventLoop hear(String device) {
    users.add(device);
    return loop;
  }

  /** A device is gone that heard its doorbells on it. */
  void leave(String device) { users.remove(device); }

  private void take(Runnable turn) {
    try {
      turn.run();
    } catch (RuntimeException | Error bug) {
      crashed.accept(bug);
    }
  }

  /** Ends the thread, when it is through with what it does. */
  @Override
  public void close() { loop.close(); }
}
