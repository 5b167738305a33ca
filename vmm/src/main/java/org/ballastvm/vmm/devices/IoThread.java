package org.ballastvm.vmm.devices;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostProcess;
import org.ballastvm.vmm.config.IoThreadConfig;
import org.ballastvm.vmm.loop.Turns;

/** A thread that a user made for a device. It does the device's long work, so that the event loop is free for others. */
public final class IoThread implements AutoCloseable {
  private final IoThreadConfig config;
  private final Consumer<Throwable> crashed;
  private final ScheduledThreadPoolExecutor executor;
  private final int threadId;
  private String user = "";

  /** Starts it; the crash handler is called for a bug of ours. */
  IoThread(IoThreadConfig config, Consumer<Throwable> crashed) {
    this.config = config;
    this.crashed = crashed;
    this.executor = new ScheduledThreadPoolExecutor(1,
        task -> {
          Thread thread = new Thread(null, task, "iothread-" + config.id(), 256 << 10);
          thread.setDaemon(true); // Nobody waits for it whose machine could not be put together.
          return thread;
        });
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    CompletableFuture<Integer> id = new CompletableFuture<>();
    executor.execute(() -> id.complete(HostProcess.threadId()));
    this.threadId = id.join();
  }

  /** {@return what was asked for} */
  public IoThreadConfig config() { return config; }

  /** {@return the host's number of the thread} */
  public int threadId() { return threadId; }

  /** {@return who uses it, for people; empty if nobody does} */
  public String user() { return user; }

  /** Lets a device use it, until it closes what it is given. Called on the event loop, or before it has started. */
  Turns use(String device) {
    user = device;
    return new Turns() {
      @Override
      public void after(long nanos, Runnable turn) {
        var unused = executor.schedule(() -> take(turn), nanos, TimeUnit.NANOSECONDS);
      }

      @Override
      public void close() { user = ""; }
    };
  }

  private void take(Runnable turn) {
    try {
      turn.run();
    } catch (RuntimeException | Error bug) {
      crashed.accept(bug);
    }
  }

  /** Ends the thread, when it is through with what it does. */
  @Override
  public void close() { executor.close(); }
}
