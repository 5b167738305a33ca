package org.ballastvm.vmm.memory;

import org.ballastvm.vmm.config.PageSize;

/** Which pages of 4 KiB are held: a bit for each, which takes memory where some ever were. */
final class HeldPages implements AutoCloseable {
  private final SparseWords bits;

  HeldPages(long sizeBytes) { bits = new SparseWords(Math.ceilDiv(sizeBytes >>> PageSize.SHIFT, Long.SIZE)); }

  /** Marks a range, in whole pages. Allocates at the first that is held alone. */
  synchronized void set(boolean held, long offsetBytes, long lengthBytes) {
    long end = offsetBytes + lengthBytes >>> PageSize.SHIFT;
    long page = held ? offsetBytes >>> PageSize.SHIFT : nextMaybe(offsetBytes >>> PageSize.SHIFT, end);
    while (page < end) {
      long word = page / Long.SIZE;
      long to = Math.min(end, (word + 1) * Long.SIZE);
      long mask = mask(page, to);
      long before = bits.get(word);
      long after = held ? before | mask : before & ~mask;
      if (after != before) {
        bits.set(word, after);
      }
      page = held ? to : nextMaybe(to, end);
    }
  }

  /** The first page from one on that may be held, or the limit. */
  private long nextMaybe(long page, long limit) {
    long word = page / Long.SIZE;
    long next = bits.nextSet(word);
    if (next == word) {
      return page;
    }
    return next >= limit / Long.SIZE + 1 ? limit : Math.min(limit, next * Long.SIZE);
  }

  /** The bits of a word that stand for pages in it, from one to before another. */
  private static long mask(long page, long end) {
    return -1L << page & -1L >>> -end; // shifts count modulo 64
  }

  /** How many bytes of a range are held. */
  synchronized long bytes(long offsetBytes, long lengthBytes) {
    long end = offsetBytes + lengthBytes >>> PageSize.SHIFT;
    long pages = 0;
    long page = nextMaybe(offsetBytes >>> PageSize.SHIFT, end);
    while (page < end) {
      long word = page / Long.SIZE;
      long to = Math.min(end, (word + 1) * Long.SIZE);
      pages += Long.bitCount(bits.get(word) & mask(page, to));
      page = nextMaybe(to, end);
    }
    return pages << PageSize.SHIFT;
  }

  /** Holds nothing more. */
  synchronized void clear() { bits.clear(); }

  @Override
  public synchronized void close() { bits.close(); }
}
