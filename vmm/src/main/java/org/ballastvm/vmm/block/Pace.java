package org.ballastvm.vmm.block;

import org.ballastvm.virtio.blk.BlkRequest;

/**
 * How long requests of a kind take, of late. Several threads write what they have seen; one that is overwritten is missed by
 * nobody.
 */
final class Pace {
  /** What takes no longer than to wake another thread for it. */
  private static final long QUICK_NANOS = 50_000;
  /** What the thread that hears doorbells may wait for when nothing else is to be done. */
  private static final long SHORT_NANOS = 1_000_000;
  private static final int WEIGHT = 8;

  private static final int READS = 0;
  private static final int WRITES = 1;
  private static final int OTHERS = 2;

  private final long[] nanos = new long[OTHERS + 1];

  private static int index(BlkRequest.Kind kind) {
    return kind == BlkRequest.Kind.READ ? READS : kind == BlkRequest.Kind.WRITE ? WRITES : OTHERS;
  }

  void took(BlkRequest.Kind kind, long tookNanos) {
    long before = nanos[index(kind)];
    nanos[index(kind)] = before + (tookNanos - before) / WEIGHT;
  }

  boolean isQuick(BlkRequest.Kind kind) { return nanos[index(kind)] <= QUICK_NANOS; }

  boolean isShort(BlkRequest.Kind kind) { return nanos[index(kind)] <= SHORT_NANOS; }
}
