package org.ballastvm.vmm.plan;

import java.util.List;

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
   * Where a DIMM could come.
   *
   * @param slots how many slots are free
   * @param bytes the largest DIMM that there is a place for
   */
  public record Room(int slots, long bytes) {}

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
        + (room.slots > 0 ? room.bytes & -Plan.DIMM_STEP_BYTES : 0) - balloon.leastBytes;
  }

  /** {@return the least that it could have, in bytes} */
  public long leastBytes() {
    long rest = baseBytes + blocks.stream().mapToLong(Blocks::leastBytes).sum()
        + dimms.stream().filter(dimm -> !dimm.canGo).mapToLong(Whole::sizeBytes).sum();
    return Math.max(Math.min(Plan.LEAST_BYTES, rest), rest - balloon.mostBytes);
  }

  /** {@return whether there is any at all} */
  public boolean isAny() { return mostBytes() > leastBytes(); }
}
