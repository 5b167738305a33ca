package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.loop.Turns;

/**
 * Gives back guest memory that was not written to since a moment, or holds nothing but zeros, in pauses of the guest: all
 * vCPUs leave it, KVM is asked what they wrote, and for a short while what nobody wrote to is given back, piece by piece. Then they run on for at least
 * as long, and what they write meanwhile is seen in the next pause.
 *
 * <p>
 * A pause ends with the piece during which it becomes {@link #PAUSE_NANOS} old. A piece is {@link #PIECE_BYTES}, or a page
 * of the host if those are larger.
 */
public final class UnwrittenPages implements UnwrittenMemory {
  /** After how long no further piece is begun. */
  static final long PAUSE_NANOS = 1_000_000;
  /** As Linux names them. */
  static final long PIECE_BYTES = 4L << 20;

  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[PageSize.BYTES]).asReadOnly();

  private final GuestRam ram;
  private final MemorySegment page = MemorySegment.ofArray(new byte[PageSize.BYTES]);
  private final MemorySlots slots;
  private final VcpuHold hold;
  private final Turns turns;
  private final Consumer<Runnable> loop;
  /** Guarded by the slots. */
  private Stage stage = new Stage.Idle();

  /** How far it is. */
  private sealed interface Stage {
    GivenBack given();

    /** Nothing is watched. */
    record Idle() implements Stage {
      @Override
      public GivenBack given() { return GivenBack.NOTHING; }
    }

    /** Writes are noted. */
    record Watching() implements Stage {
      @Override
      public GivenBack given() { return GivenBack.NOTHING; }
    }

    /** Some is given back, and more to come. */
    final class Giving implements Stage {
      private final long[] bounds;
      private final Done done;
      private int range;
      private long at;
      private long bytes;
      private long pauses;
      private long longestNanos;
      private long totalNanos;
      private Optional<ReclaimFailed> refused = Optional.empty();

      /**
       * Nothing has been given yet.
       *
       * @param bounds first address and end of each range, in turn
       */
      Giving(long[] bounds, Done done) {
        this.bounds = bounds;
        this.done = done;
        this.at = bounds.length == 0 ? 0 : bounds[0];
      }

      boolean isThrough() { return range == bounds.length || refused.isPresent(); }

      long rangeEnd() { return bounds[range + 1]; }

      /** All before an address is dealt with. */
      void reached(long gpa) {
        at = gpa;
        if (at >= rangeEnd()) {
          range += 2;
          at = range == bounds.length ? 0 : bounds[range];
        }
      }

      void paused(long nanos) {
        pauses++;
        longestNanos = Math.max(longestNanos, nanos);
        totalNanos += nanos;
      }

      @Override
      public GivenBack given() { return new GivenBack(bytes, pauses, longestNanos, totalNanos); }
    }
  }

  /**
   * Nothing is watched.
   *
   * @param ram the memory
   * @param hold keeps vCPUs out of the guest; may be asked on any thread
   * @param turns where memory is given back; closed with this
   * @param loop runs what it is given on the event loop, soon: whoever waits for the end is called there
   */
  public UnwrittenPages(GuestRam ram, VcpuHold hold, Turns turns, Consumer<Runnable> loop) {
    this.ram = ram;
    this.slots = ram.slots();
    this.hold = hold;
    this.turns = turns;
    this.loop = loop;
  }

  @Override
  public void watch() {
    synchronized (slots) {
      stage = new Stage.Idle();
      if (ram.table().isShared()) {
        throw new ReclaimFailed(
            "what the guest writes to could not be watched: the machine has a device with vhost, which"
                + " writes to memory without our seeing it",
            null);
      }
      slots.watch().obstacle(WriteWatch.User.HINTS).ifPresent(why -> {
        throw new ReclaimFailed("what the guest writes to could not be watched: " + why, null);
      });
      try {
        slots.beginWatch(WriteWatch.User.HINTS);
      } catch (HostError e) {
        throw new ReclaimFailed("what the guest writes to could not be watched: " + e.getMessage(), e);
      }
      stage = new Stage.Watching();
    }
  }

  @Override
  public GivenBack endWatch() {
    synchronized (slots) {
      GivenBack given = stage.given();
      stage = new Stage.Idle();
      slots.watch().end(WriteWatch.User.HINTS);
      return given;
    }
  }

  @Override
  public void discardUnwritten(Ranges ranges, Done done) {
    Stage.Giving giving = new Stage.Giving(bounds(ranges), done);
    synchronized (slots) {
      if (!(stage instanceof Stage.Watching)) {
        throw new IllegalStateException("nothing was watched");
      }
      stage = giving;
    }
    turns.after(0, () -> take(giving));
  }

  @Override
  public void close() {
    endWatch();
    turns.close();
  }

  private static long[] bounds(Ranges ranges) {
    long[][] found = {new long[16]};
    int[] count = new int[1];
    ranges.forEach((gpa, lengthBytes) -> {
      if (count[0] == found[0].length) {
        found[0] = Arrays.copyOf(found[0], 2 * count[0]);
      }
      found[0][count[0]++] = gpa;
      found[0][count[0]++] = gpa + lengthBytes;
    });
    return Arrays.copyOf(found[0], count[0]);
  }

  /** One turn: a pause of the guest, and then either the next turn or the end. */
  private void take(Stage.Giving giving) {
    if (!isCurrent(giving)) {
      return;
    }
    long start = System.nanoTime();
    hold.whileOut(() -> {
      synchronized (slots) {
        if (stage == giving) {
          give(giving);
        }
      }
    });
    long nanos = System.nanoTime() - start;
    synchronized (slots) {
      if (stage != giving) {
        return;
      }
      giving.paused(nanos);
      if (giving.isThrough()) {
        endWatch();
        loop.accept(() -> giving.done.done(giving.given(), giving.refused));
        return;
      }
    }
    turns.after(nanos, () -> take(giving));
  }

  private boolean isCurrent(Stage.Giving giving) {
    synchronized (slots) {
      return stage == giving;
    }
  }

  /** Nobody writes to memory now, and nobody changes what of the address space is memory. */
  private void give(Stage.Giving giving) {
    WriteWatch watch = slots.watch();
    watch.look();
    long start = System.nanoTime();
    try {
      while (!giving.isThrough() && System.nanoTime() - start < PAUSE_NANOS) {
        givePiece(giving, watch);
      }
    } catch (ReclaimFailed e) {
      giving.refused = Optional.of(e);
    } catch (HostError e) {
      giving.refused = Optional
          .of(new ReclaimFailed("what the guest wrote to could not be read: " + e.getMessage(), e));
    }
  }

  private void givePiece(Stage.Giving giving, WriteWatch watch) {
    long from = watch.nextUnwritten(giving.at, giving.rangeEnd());
    if (from > giving.at) {
      giveZeros(giving, watch, Math.min(from, (giving.at & -PIECE_BYTES) + PIECE_BYTES));
      return;
    }
    long piece = Math.max(PIECE_BYTES, ram.reclaim().hostPageBytes(from));
    long limit = Math.min(giving.rangeEnd(), (from & -piece) + piece);
    long end = watch.unwrittenEnd(from, limit);
    giveRun(giving, from, end);
    giving.reached(end);
  }

  /**
   * Gives back the zeros among pages that were written to: nothing is lost with them, whoever has them. A guest that clears
   * a page when it takes it (init_on_alloc, as Debian's kernels do) has written to every page that it names.
   */
  private void giveZeros(Stage.Giving giving, WriteWatch watch, long limit) {
    long at = giving.at;
    long start = at;
    for (; at < limit; at += PageSize.BYTES) {
      if (!watch.isWrittenByVcpusAlone(at) || !isZero(at)) {
        giveRun(giving, start, at);
        start = at + PageSize.BYTES;
      }
    }
    giveRun(giving, start, limit);
    giving.reached(limit);
  }

  private void giveRun(Stage.Giving giving, long start, long end) {
    for (long at = start; at < end;) {
      PlacedReclaim.Cut cut = ram.reclaim().discardFirst(at, end - at);
      giving.bytes += cut.discardedBytes();
      at += cut.lengthBytes();
    }
  }

  private boolean isZero(long gpa) {
    if (!ram.contains(gpa, PageSize.BYTES)) {
      return false; // Unplugged since, and its slot is there still.
    }
    ram.read(gpa, page, 0, PageSize.BYTES);
    return page.mismatch(ZEROS) < 0;
  }
}
