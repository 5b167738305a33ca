package org.ballastvm.vmm.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * By what a machine can change how much memory its guest has, and how much that is by all that it was asked so far.
 *
 * @param baseBytes what it started with
 * @param blocks virtio-mem devices
 * @param dimms DIMMs that are there
 * @param room where a DIMM could come
 * @param balloon what takes memory away
 */
public record Means(long baseBytes, List<Blocks> blocks, List<Whole> dimms, Room room, Balloon balloon) {
  /** What a guest that Linux runs in has at least. */
  private static final long LINUX_LEAST_BYTES = 64L << 20;
  /** How many times its memory a guest is given at once: a {@code struct page} is a 64th of its page. */
  private static final int EASY_TIMES = 16;
  /** How many times at most, if there is no slot for another DIMM. */
  private static final int MOST_TIMES = 32;

  /** Keeps the lists as they are now. */
  public Means {
    blocks = List.copyOf(blocks);
    dimms = List.copyOf(dimms);
  }

  /**
   * A virtio-mem device.
   *
   * @param name for people
   * @param requestedBytes what the guest was asked to plug
   * @param leastBytes what it could be asked for at least
   * @param mostBytes what it could be asked for at most
   * @param stepBytes a power of two: what is between two sizes that it can be asked for
   */
  public record Blocks(String name, long requestedBytes, long leastBytes, long mostBytes, long stepBytes) {}

  /**
   * A DIMM.
   *
   * @param name for people
   * @param sizeBytes how large it is
   * @param canGo whether it makes sense to ask the guest to let it go
   */
  public record Whole(String name, long sizeBytes, boolean canGo) {}

  /**
   * Where DIMMs could come.
   *
   * @param slots how many slots are free
   * @param gaps the sizes of the places that are free, in bytes
   * @param stepBytes what Linux in this guest takes is a multiple of this, which is a power of two
   * @param mostBytes what a DIMM may have at most, since the guest has turned down larger ones
   */
  public record Room(int slots, List<Long> gaps, long stepBytes, long mostBytes) {
    /** Keeps the list as it is now. */
    public Room {
      gaps = List.copyOf(gaps);
    }

    /** {@return what could come at most, in bytes, were a guest to take it} */
    long bytes() {
      return mostBytes < stepBytes
          ? 0
          : gaps.stream().mapToLong(gap -> -(gap & -stepBytes)).sorted().limit(slots).map(gap -> -gap).sum();
    }

    /**
     * The DIMMs for a size, one to be plugged when the one before it has been taken: a guest needs memory for what it knows
     * of each page before it has the page.
     *
     * @param guestBytes what the guest has
     * @param wantedBytes how much more it should have
     * @return their sizes; together at most what is wanted
     */
    List<Long> dimms(long guestBytes, long wantedBytes) {
      List<Long> dimms = new ArrayList<>();
      long[] free = gaps.stream().mapToLong(Long::longValue).toArray();
      long guest = guestBytes;
      long left = wantedBytes;
      for (int slot = slots; slot > 0; slot--) {
        long most = Math.min(mostBytes, guest * (slot > 1 ? EASY_TIMES : MOST_TIMES));
        int largest = IntStream.range(0, free.length).reduce((a, b) -> free[b] > free[a] ? b : a).orElse(-1);
        long dimm = largest < 0 ? 0 : Math.min(Math.min(left, free[largest]), most) & -stepBytes;
        if (dimm == 0) {
          break;
        }
        dimms.add(dimm);
        free[largest] -= dimm;
        guest += dimm;
        left -= dimm;
      }
      return dimms;
    }
  }

  /**
   * The balloon.
   *
   * @param bytes what it was asked to hold
   * @param leastBytes what it could be asked to hold at least
   * @param mostBytes what it could be asked to hold at most; both are 0 where there is none
   */
  public record Balloon(long bytes, long leastBytes, long mostBytes) {}

  /** {@return what the guest should have by all that it was asked, in bytes} */
  public long totalBytes() {
    return grossBytes() - balloon.bytes;
  }

  private long grossBytes() {
    return baseBytes + blocks.stream().mapToLong(Blocks::requestedBytes).sum() + dimmBytes();
  }

  private long dimmBytes() { return dimms.stream().mapToLong(Whole::sizeBytes).sum(); }

  /** {@return the most that it could have, in bytes} */
  public long mostBytes() {
    return baseBytes + blocks.stream().mapToLong(Blocks::mostBytes).sum() + dimmBytes()
        + room.bytes() - balloon.leastBytes;
  }

  /** {@return the least that it could have, in bytes} */
  public long leastBytes() {
    long rest = baseBytes + blocks.stream().mapToLong(Blocks::leastBytes).sum()
        + dimms.stream().filter(dimm -> !dimm.canGo).mapToLong(Whole::sizeBytes).sum();
    return Math.max(Math.min(LINUX_LEAST_BYTES, rest), rest - balloon.mostBytes);
  }

  /** {@return whether there is any at all} */
  public boolean isAny() { return mostBytes() > leastBytes(); }
}
