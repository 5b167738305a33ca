package org.ballastvm.vmm.block;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.virtio.blk.BlkRequest;

/** Requests of a disk that a machine's workers do, each whole and with calls that wait. Any thread; allocates nothing. */
final class HandedRequests implements DiskWorkers.Source {
  private final RequestIo io;
  private final DiskWorkers workers;
  private final Pace pace;
  private final AtomicInteger begun;
  private final RequestList handed = new RequestList();
  private Engine.Done done;
  private Runnable some;

  /**
   * None yet.
   *
   * @param io does them
   * @param workers on which threads
   * @param pace learns how long they take
   * @param begun counts what the engine has begun, these too
   */
  HandedRequests(RequestIo io, DiskWorkers workers, Pace pace, AtomicInteger begun) {
    this.io = io;
    this.workers = workers;
    this.pace = pace;
    this.begun = begun;
  }

  /** As {@link Engine#start}. */
  void start(Engine.Done listener, Runnable afterSome) {
    done = listener;
    some = afterSome;
  }

  /** Has a request done that was counted as begun. */
  void add(BlkRequest request) {
    handed.add(request);
    workers.add(this);
  }

  @Override
  public void workOne(IoScratch scratch) {
    BlkRequest request = handed.poll();
    if (request == null) {
      return;
    }
    BlkRequest.Kind kind = request.kind();
    long start = System.nanoTime();
    long result = io.carryOut(request, scratch, false);
    pace.took(kind, System.nanoTime() - start);
    done.done(request, result);
    begun.decrementAndGet();
    some.run();
  }

  /** Forgets what no worker has begun. */
  void drop() {
    for (BlkRequest request = handed.poll(); request != null; request = handed.poll()) {
      begun.decrementAndGet();
    }
  }
}
