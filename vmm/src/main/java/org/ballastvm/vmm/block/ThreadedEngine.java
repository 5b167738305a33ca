package org.ballastvm.vmm.block;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.virtio.blk.BlkRequest;
import org.ballastvm.vmm.memory.GuestRam;

/**
 * {@code aio=threads}: requests are preadv, pwritev, fdatasync and fallocate of some thread.
 *
 * <p>
 * The thread that hears the doorbell does itself what takes less time than to wake another: what the page cache has, writes
 * that only go there, and a single request of a driver that waits for each. All else is done by the machine's workers.
 */
final class ThreadedEngine implements Engine {
  /** After so long in one go the rest is for others, who may have a processor of their own. */
  private static final long TURN_NANOS = 1_000_000;

  private final RequestIo io;
  private final Pace pace = new Pace();
  private final IoScratch scratch = new IoScratch();
  private final AtomicInteger begun = new AtomicInteger();
  private final RequestList submitted = new RequestList();
  private final HandedRequests handed;
  private Done done;
  private Runnable some;

  ThreadedEngine(Storage storage, GuestRam ram, DiskWorkers workers) {
    this.io = new RequestIo(storage, ram);
    this.handed = new HandedRequests(io, workers, pace, begun);
  }

  @Override
  public void start(Done listener, Runnable afterSome) {
    done = listener;
    some = afterSome;
    handed.start(listener, afterSome);
  }

  @Override
  public void submit(BlkRequest request) { submitted.add(request); }

  @Override
  public void work() {
    boolean alone = submitted.single() != null && begun.get() == 0;
    long start = System.nanoTime();
    long now = start;
    int finished = 0;
    for (BlkRequest request = submitted.begin(begun); request != null; request = submitted.begin(begun)) {
      BlkRequest.Kind kind = request.kind();
      boolean looks = kind == BlkRequest.Kind.READ && io.canReadWithoutWaiting();
      boolean waits = alone && pace.isShort(kind);
      long result = RequestIo.WOULD_WAIT;
      if (waits || (looks || pace.isQuick(kind)) && now - start < TURN_NANOS) {
        result = io.carryOut(request, scratch, looks && !waits);
        long after = System.nanoTime();
        if (result != RequestIo.WOULD_WAIT) {
          pace.took(kind, after - now);
        }
        now = after;
      }
      if (result == RequestIo.WOULD_WAIT) {
        handed.add(request);
      } else {
        done.done(request, result);
        begun.decrementAndGet();
        finished++;
      }
    }
    if (finished > 0) {
      some.run();
    }
  }

  @Override
  public void drop() {
    submitted.clear();
    handed.drop();
  }

  @Override
  public boolean isIdle() { return begun.get() == 0; }

  @Override
  public boolean isDone() {
    return submitted.isEmpty() && isIdle(); // In this order: what leaves the list is counted as begun before.
  }

  @Override
  public void close() {
    // The threads are the machine's.
  }
}
