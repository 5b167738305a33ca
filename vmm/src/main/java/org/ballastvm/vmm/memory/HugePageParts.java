package org.ballastvm.vmm.memory;

import java.util.Arrays;

/**
 * Which parts of the host's huge pages the guest has given away, 4 KiB each: the host takes a huge page back only as a
 * whole, when all of its parts are held.
 *
 * <p>
 * A bit for each part and a number for each huge page, made when the first part comes: 3 MiB for 64 GiB in pages of
 * 2 MiB.
 */
final class HugePageParts {
  private static final int PART_SHIFT = 12;

  private final long sizeBytes;
  private final int pageShift;
  private final int partsInPage;
  private final Taker taker;
  private long[] held = {};
  private int[] heldInPage = {};

  /** Takes huge pages that are whole. */
  @FunctionalInterface
  interface Taker {
    /** One or more, by their offset in the memory. */
    void range(long offsetBytes, long lengthBytes);
  }

  /**
   * No parts are held.
   *
   * @param sizeBytes of the memory, a multiple of a huge page
   * @param pageBytes of a huge page, a power of two from 256 KiB on
   */
  HugePageParts(long sizeBytes, long pageBytes, Taker taker) {
    this.sizeBytes = sizeBytes;
    this.pageShift = Long.numberOfTrailingZeros(pageBytes);
    this.partsInPage = 1 << pageShift - PART_SHIFT;
    this.taker = taker;
  }

  /**
   * Holds a range, and hands on each huge page in it that is whole then: neighbours at once.
   *
   * @param offsetBytes a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero, all of it in the memory
   */
  synchronized void hold(long offsetBytes, long lengthBytes) {
    if (held.length == 0) {
      held = new long[(int) (sizeBytes >>> PART_SHIFT) / Long.SIZE];
      heldInPage = new int[(int) (sizeBytes >>> pageShift)];
    }
    change(offsetBytes, lengthBytes, true);
    int end = (int) (offsetBytes + lengthBytes - 1 >>> pageShift) + 1;
    for (int page = (int) (offsetBytes >>> pageShift); page < end; page++) {
      int first = page;
      while (page < end && heldInPage[page] == partsInPage) {
        page++;
      }
      if (first < page) {
        taker.range((long) first << pageShift, (long) (page - first) << pageShift);
      }
    }
  }

  /**
   * Holds a range no more; what was not held stays so.
   *
   * @param offsetBytes a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero, all of it in the memory
   */
  synchronized void release(long offsetBytes, long lengthBytes) {
    if (held.length > 0) {
      change(offsetBytes, lengthBytes, false);
    }
  }

  /** Holds nothing more. */
  synchronized void releaseAll() {
    Arrays.fill(held, 0);
    Arrays.fill(heldInPage, 0);
  }

  private void change(long offsetBytes, long lengthBytes, boolean hold) {
    long end = offsetBytes + lengthBytes >>> PART_SHIFT;
    long from = offsetBytes >>> PART_SHIFT;
    while (from < end) {
      long to = Math.min(end, (from | Long.SIZE - 1) + 1);
      long mask = -1L << from & -1L >>> -to; // shifts count modulo 64
      int word = (int) (from / Long.SIZE);
      long changed = mask & (hold ? ~held[word] : held[word]);
      held[word] ^= changed;
      heldInPage[(int) (from >>> pageShift - PART_SHIFT)] += hold ? Long.bitCount(changed) : -Long.bitCount(changed);
      from = to;
    }
  }
}
