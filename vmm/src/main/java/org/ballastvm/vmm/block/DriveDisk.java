package org.ballastvm.vmm.block;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.ballastvm.kvm.Errno;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.virtio.blk.BlkRequest.Outcome;
import org.ballastvm.virtio.blk.Disk;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ErrorPolicy;

/**
 * A disk as a device sees it: an engine on a storage, with limits, and with what a user wants done when the host fails. A
 * request that failed where that is to stop the machine waits here until it goes on, and is tried again.
 */
final class DriveDisk implements Disk {
  /** Hears of requests that the host failed. On any thread. */
  @FunctionalInterface
  interface Failures {
    /**
     * A request failed.
     *
     * @param kind what it was
     * @param action what is done: {@link ErrorPolicy#ENOSPC} is never
     * @param why what the host said
     */
    void failed(BlkRequest.Kind kind, ErrorPolicy action, Errno why);
  }

  private final Storage storage;
  private final Engine engine;
  private final boolean noFlush;
  private final ErrorPolicy onWriteError;
  private final ErrorPolicy onReadError;
  private final Throttle throttle;
  private final Failures failures;
  private final LongConsumer alarm;
  private final RequestList held = new RequestList();
  private final RequestList failed = new RequestList();
  private boolean alarmed;
  /** The driver has gone; what fails meanwhile is nobody's. */
  private volatile boolean dropping;
  private Runnable finished = () -> {
    // Nobody listens yet.
  };

  /**
   * A disk.
   *
   * @param storage what it is on
   * @param engine does requests on that
   * @param noFlush whether flushes are passed over
   * @param use limits, and what is done when the host fails
   * @param failures hears when it does
   * @param alarm has {@link #alarm} called in so many nanoseconds, on the thread that hears the doorbells
   */
  DriveDisk(Storage storage, Engine engine, boolean noFlush, DriveConfig.Use use, Failures failures,
      LongConsumer alarm) {
    this.storage = storage;
    this.engine = engine;
    this.noFlush = noFlush;
    this.onWriteError = use.onWriteError();
    this.onReadError = use.onReadError();
    this.throttle = new Throttle(use.bytesPerSecond(), use.requestsPerSecond(), System.nanoTime());
    this.failures = failures;
    this.alarm = alarm;
  }

  @Override
  public long sizeBytes() { return storage.sizeBytes(); }

  @Override
  public void start(Runnable listener) {
    finished = listener;
    engine.start(this::done, this::someDone);
  }

  private void someDone() {
    finished.run();
    if (engine.isDone()) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  /**
   * Waits until everything is done that the guest has asked for, also what waits for its limits; what failed and is to be tried
   * again stays. Not on the thread that hears the doorbells.
   *
   * @param listener runs a task on that thread
   * @param look has the device take what a stopped guest has asked for; run there
   * @param endNanos until when at the latest, by System.nanoTime
   * @return whether it is done
   */
  boolean settle(Consumer<Runnable> listener, Runnable look, long endNanos) throws InterruptedException {
    CountDownLatch looked = new CountDownLatch(1);
    listener.accept(() -> {
      look.run();
      letAllIn();
      looked.countDown();
    });
    return looked.await(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS) && awaitDone(endNanos);
  }

  private void letAllIn() {
    synchronized (this) {
      for (BlkRequest request = held.poll(); request != null; request = held.poll()) {
        throttle.letIn(request.lengthBytes());
        pass(request);
      }
    }
    engine.work();
    finished.run();
  }

  private synchronized boolean awaitDone(long endNanos) throws InterruptedException {
    long left = endNanos - System.nanoTime();
    while (!engine.isDone() && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = endNanos - System.nanoTime();
    }
    return engine.isDone();
  }

  @Override
  public void submit(BlkRequest request) {
    dropping = false;
    if (throttle.limits()) {
      held.add(request);
    } else {
      pass(request);
    }
  }

  private void pass(BlkRequest request) {
    if (noFlush && request.kind() == BlkRequest.Kind.FLUSH) {
      request.finish(Outcome.OK);
    } else {
      engine.submit(request);
    }
  }

  @Override
  public void work() {
    letIn();
    engine.work();
  }

  /** Lets in what the limits allow; for the rest an alarm is set. */
  private synchronized void letIn() {
    while (!held.isEmpty() && !alarmed) {
      long wait = throttle.waitNanos(System.nanoTime());
      if (wait > 0) {
        alarmed = true;
        alarm.accept(wait);
      } else {
        BlkRequest request = held.poll();
        throttle.letIn(request.lengthBytes());
        pass(request);
      }
    }
  }

  /** The alarm rings. On the thread that hears the doorbells. */
  void alarm() {
    synchronized (this) {
      alarmed = false;
    }
    work();
    finished.run();
  }

  /** Tries again what failed. On the thread that hears the doorbells. */
  void retry() {
    synchronized (this) {
      for (BlkRequest request = failed.poll(); request != null; request = failed.poll()) {
        engine.submit(request);
      }
    }
    engine.work();
  }

  private void done(BlkRequest request, long result) {
    if (result == 0) {
      request.finish(Outcome.OK);
    } else if (result == RequestIo.MEMORY_GONE) {
      request.finish(Outcome.IOERR); // The guest's own doing: no reason to stop it.
    } else {
      failed(request, Errno.of((int) -result));
    }
  }

  private void failed(BlkRequest request, Errno why) {
    if (dropping) {
      request.finish(Outcome.IOERR);
      return;
    }
    ErrorPolicy wanted = request.kind() == BlkRequest.Kind.READ ? onReadError : onWriteError;
    ErrorPolicy action = wanted != ErrorPolicy.ENOSPC
        ? wanted
        : why.equals(Errno.ENOSPC) ? ErrorPolicy.STOP : ErrorPolicy.REPORT;
    if (action == ErrorPolicy.STOP) {
      failed.add(request);
    } else {
      request.finish(action == ErrorPolicy.IGNORE ? Outcome.OK : Outcome.IOERR);
    }
    failures.failed(request.kind(), action, why);
  }

  @Override
  public void drop() {
    dropping = true;
    synchronized (this) {
      held.clear();
      failed.clear();
      engine.drop();
    }
  }

  @Override
  public boolean isIdle() { return engine.isIdle(); }
}
