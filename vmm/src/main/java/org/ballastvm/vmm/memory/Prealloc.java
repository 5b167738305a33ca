package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.ballastvm.vmm.config.ByteSize;

/** Has the host take memory for a whole backend, and says how far that is once it takes longer than a second. */
final class Prealloc {
  private static final long SECOND_NANOS = 1_000_000_000L;
  /** What a host clears in a fraction of a second, and a multiple of every size of page. */
  static final long PIECE_BYTES = 256 << 20;
  private static final long LARGEST_PAGE_BYTES = 1 << 30;

  private final LongSupplier nanos;
  private final Consumer<String> progress;

  /** Takes memory for a range. */
  interface Piece {
    /** Takes memory for {@code lengthBytes} from an offset on. */
    void populate(long offsetBytes, long lengthBytes);
  }

  /** With a clock, as System.nanoTime, and somebody who is shown how far it is. */
  Prealloc(LongSupplier nanos, Consumer<String> progress) {
    this.nanos = nanos;
    this.progress = progress;
  }

  /**
   * Takes it.
   *
   * @param id the backend's
   * @param sizeBytes of all of it
   * @param pageBytes of one of its pages
   * @param threadCount how many threads take pieces, the caller's among them
   * @param piece how a piece is taken, by any of the threads; what it throws ends this
   */
  void all(String id, long sizeBytes, long pageBytes, int threadCount, Piece piece) {
    Work work = new Work(sizeBytes, pageBytes > PIECE_BYTES ? LARGEST_PAGE_BYTES : PIECE_BYTES, piece);
    List<Thread> others = new ArrayList<>();
    for (long i = 1; i < Math.min(threadCount, work.pieceCount()); i++) {
      others.add(Thread.ofPlatform().daemon().name("prealloc-" + i).start(work::takeAll));
    }
    long due = nanos.getAsLong() + SECOND_NANOS;
    boolean shown = false;
    while (work.isOpen()) {
      long now = nanos.getAsLong();
      if (now >= due) {
        say(id, work.doneBytes(), sizeBytes);
        due = now + SECOND_NANOS;
        shown = true;
      }
      work.takeOne();
    }
    others.forEach(Prealloc::join);
    work.requireSuccess();
    if (shown) {
      say(id, sizeBytes, sizeBytes);
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The pieces, which threads take one by one. */
  private static final class Work {
    private final long sizeBytes;
    private final long stepBytes;
    private final Piece piece;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Work(long sizeBytes, long stepBytes, Piece piece) {
      this.sizeBytes = sizeBytes;
      this.stepBytes = stepBytes;
      this.piece = piece;
    }

    long pieceCount() { return Math.ceilDiv(sizeBytes, stepBytes); }

    long doneBytes() { return done.get(); }

    /** Whether there are pieces left, and none has failed. */
    boolean isOpen() {
      return next.get() < sizeBytes && failure.get() == null;
    }

    void takeOne() {
      long at = next.getAndAdd(stepBytes);
      if (at >= sizeBytes) {
        return; // Another thread was quicker.
      }
      long length = Math.min(stepBytes, sizeBytes - at);
      try {
        piece.populate(at, length);
        done.addAndGet(length);
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }

    void takeAll() {
      while (isOpen()) {
        takeOne();
      }
    }

    void requireSuccess() {
      if (failure.get() instanceof Error error) {
        throw error;
      } else if (failure.get() instanceof RuntimeException refused) {
        throw refused;
      }
    }
  }

  private void say(String id, long done, long of) {
    progress.accept("ballast: memory backend " + id + ": prealloc has " + ByteSize.describe(done) + " of "
        + ByteSize.describe(of));
  }
}
