package org.ballastvm.vmm.memory;

import java.util.Arrays;

/** Which pages of 4 KiB are held: a bit for each, kept only for those GiB of which some ever were. */
final class HeldPages {
  private static final int PAGE_SHIFT = 12;
  private static final int CHUNK_PAGES = 1 << 18;

  /** By GiB; null for one of which nothing was ever held. */
  private final long[][] chunks;
  private boolean any;

  HeldPages(long sizeBytes) { chunks = new long[(int) Math.ceilDiv(sizeBytes, (long) CHUNK_PAGES << PAGE_SHIFT)][]; }

  /** Marks a range, in whole pages. Allocates at the first touch of a GiB alone. */
  void set(boolean held, long offsetBytes, long lengthBytes) {
    if (!held && !any) {
      return;
    }
    long page = offsetBytes >> PAGE_SHIFT;
    long end = offsetBytes + lengthBytes >> PAGE_SHIFT;
    while (page < end) {
      long[] words = chunk(page, held);
      int from = (int) (page % CHUNK_PAGES);
      int to = (int) Math.min(CHUNK_PAGES, from + end - page);
      if (words != null) {
        mark(words, from, to, held);
      }
      page += to - from;
    }
  }

  private long[] chunk(long page, boolean make) {
    int index = (int) (page / CHUNK_PAGES);
    if (make && chunks[index] == null) {
      chunks[index] = new long[CHUNK_PAGES / Long.SIZE];
      any = true;
    }
    return chunks[index];
  }

  private static void mark(long[] words, int from, int to, boolean held) {
    int first = from / Long.SIZE;
    int last = (to - 1) / Long.SIZE;
    mark(words, first, mask(first, from, to), held);
    if (first < last) {
      Arrays.fill(words, first + 1, last, held ? -1L : 0);
      mark(words, last, mask(last, from, to), held);
    }
  }

  private static void mark(long[] words, int word, long mask, boolean held) {
    words[word] = held ? words[word] | mask : words[word] & ~mask;
  }

  /** The bits of a word that are in a range of pages. */
  private static long mask(int word, int from, int to) {
    int low = Math.max(from - word * Long.SIZE, 0);
    int high = Math.min(to - word * Long.SIZE, Long.SIZE) - 1;
    return -1L << low & -1L >>> Long.SIZE - 1 - high;
  }

  /** How many bytes of a range are held. */
  long bytes(long offsetBytes, long lengthBytes) {
    long page = offsetBytes >> PAGE_SHIFT;
    long end = offsetBytes + lengthBytes >> PAGE_SHIFT;
    long pages = 0;
    while (page < end) {
      long[] words = chunk(page, false);
      int from = (int) (page % CHUNK_PAGES);
      int to = (int) Math.min(CHUNK_PAGES, from + end - page);
      for (int word = from / Long.SIZE; words != null && word * Long.SIZE < to; word++) {
        pages += Long.bitCount(words[word] & mask(word, from, to));
      }
      page += to - from;
    }
    return pages << PAGE_SHIFT;
  }

  void clear() {
    Arrays.fill(chunks, null);
    any = false;
  }
}
