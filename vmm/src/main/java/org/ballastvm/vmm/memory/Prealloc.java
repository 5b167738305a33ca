package org.ballastvm.vmm.memory;

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
  private final Consumer<String> tell;

  /** Takes memory for a range. */
  interface Piece {
    /** Takes memory for {@code lengthBytes} from an offset on. */
    void populate(long offsetBytes, long lengthBytes);
  }

  /** With a clock, as System.nanoTime, and somebody who is told. */
  Prealloc(LongSupplier nanos, Consumer<String> tell) {
    this.nanos = nanos;
    this.tell = tell;
  }

  /**
   * Takes it.
   *
   * @param id the backend's
   * @param sizeBytes of all of it
   * @param pageBytes of one of its pages
   * @param piece how a piece is taken; what it throws ends this
   */
  void all(String id, long sizeBytes, long pageBytes, Piece piece) {
    long step = pageBytes > PIECE_BYTES ? LARGEST_PAGE_BYTES : PIECE_BYTES;
    long due = nanos.getAsLong() + SECOND_NANOS;
    boolean told = false;
    for (long done = 0; done < sizeBytes; done += step) {
      long now = nanos.getAsLong();
      if (now >= due) {
        say(id, done, sizeBytes);
        due = now + SECOND_NANOS;
        told = true;
      }
      piece.populate(done, Math.min(step, sizeBytes - done));
    }
    if (told) {
      say(id, sizeBytes, sizeBytes);
    }
  }

  private void say(String id, long done, long of) {
    tell.accept("ballast: memory backend " + id + ": prealloc has " + ByteSize.describe(done) + " of "
        + ByteSize.describe(of));
  }
}
