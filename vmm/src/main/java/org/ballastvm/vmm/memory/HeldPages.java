package org.ballastvm.vmm.memory;

import org.ballastvm.vmm.config.PageSize;

/** Which pages of 4 KiB are held: a bit for each, which takes memory where some ever were. */
class HeldPages implements AutoCloseable {
  /** Pages in a word, as a shift. */
  static final int WORD_SHIFT = Integer.numberOfTrailingZeros(Long.SIZE);

  private static final long FULL = -1;

  private final SparseWords bits;

  HeldPages(long sizeBytes) { bits = new SparseWords(Math.ceilDiv(sizeBytes >>> PageSize.SHIFT, Long.SIZE)); }

  /**
   * Holds a range, in whole pages. Allocates at the first that is held alone.
   *
   * @return whether a word that the range is in stands for held pages alone now
   */
  final synchronized boolean mark(long offsetBytes, long lengthBytes) {
    long end = offsetBytes + lengthBytes >>> PageSize.SHIFT;
    long page = offsetBytes >>> PageSize.SHIFT;
    boolean full = false;
    while (page < end) {
      long word = page >>> WORD_SHIFT;
      long to = Math.min(end, word + 1 << WORD_SHIFT);
      long mask = mask(page, to);
      long before = bits.setBits(word, mask);
      if ((before | mask) == FULL) {
        full = true;
        if (before != FULL) {
          filled(word, 1);
        }
      }
      page = to;
    }
    return full;
  }

  /** Holds a range no more, in whole pages; what was not held stays so. */
  final synchronized void release(long offsetBytes, long lengthBytes) {
    long end = offsetBytes + lengthBytes >>> PageSize.SHIFT;
    long page = nextMaybe(offsetBytes >>> PageSize.SHIFT, end);
    while (page < end) {
      long word = page >>> WORD_SHIFT;
      long to = Math.min(end, word + 1 << WORD_SHIFT);
      if (bits.clearBits(word, mask(page, to)) == FULL) {
        filled(word, -1);
      }
      page = nextMaybe(to, end);
    }
  }

  /**
   * All pages of a word are held that were not, or are no more. Called under the lock.
   *
   * @param change 1 or -1
   */
  void filled(long word, int change) {
    // It makes a difference for huge pages.
  }

  /** The first page from one on that may be held, or the limit. */
  private long nextMaybe(long page, long limit) {
    long word = page >>> WORD_SHIFT;
    long next = bits.nextSet(word);
    if (next == word) {
      return page;
    }
    return next > limit >>> WORD_SHIFT ? limit : Math.min(limit, next << WORD_SHIFT);
  }

  /** The bits of a word that stand for pages in it, from one to before another. */
  private static long mask(long page, long end) {
    return -1L << page & -1L >>> -end; // shifts count modulo 64
  }

  /** How many bytes of a range are held. */
  final synchronized long bytes(long offsetBytes, long lengthBytes) {
    long end = offsetBytes + lengthBytes >>> PageSize.SHIFT;
    long pages = 0;
    long page = nextMaybe(offsetBytes >>> PageSize.SHIFT, end);
    while (page < end) {
      long word = page >>> WORD_SHIFT;
      long to = Math.min(end, word + 1 << WORD_SHIFT);
      pages += Long.bitCount(bits.get(word) & mask(page, to));
      page = nextMaybe(to, end);
    }
    return pages << PageSize.SHIFT;
  }

  /** Takes runs of held pages. */
  @FunctionalInterface
  interface RunTaker {
    /** A run, by its offset. */
    void run(long offsetBytes, long lengthBytes);
  }

  /** Passes on what of a range is held, in runs of whole pages. They stay held meanwhile. */
  final synchronized void forEachRun(long offsetBytes, long lengthBytes, RunTaker taker) {
    long end = offsetBytes + lengthBytes >>> PageSize.SHIFT;
    long start = -1;
    long page = nextMaybe(offsetBytes >>> PageSize.SHIFT, end);
    while (page < end) {
      boolean isHeld = (bits.get(page >>> WORD_SHIFT) >>> page & 1) != 0;
      if (isHeld && start < 0) {
        start = page;
      } else if (!isHeld && start >= 0) {
        taker.run(start << PageSize.SHIFT, page - start << PageSize.SHIFT);
        start = -1;
      }
      page = isHeld ? page + 1 : nextMaybe(page + 1, end);
    }
    if (start >= 0) {
      taker.run(start << PageSize.SHIFT, end - start << PageSize.SHIFT);
    }
  }

  /** Holds nothing more. */
  synchronized void clear() { bits.clear(); }

  @Override
  public void close() { clear(); }
}
