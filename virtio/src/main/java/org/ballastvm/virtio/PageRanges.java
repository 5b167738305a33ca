package org.ballastvm.virtio;

import java.util.Arrays;

/**
 * Page numbers in any order, made into as few ranges as they can be. Growing apart, nothing is allocated.
 *
 * <p>
 * Sorting is by radix, four passes over 8 bits: its time is linear, and it needs no more than a second array.
 */
final class PageRanges {
  /** Takes ranges, by page number. */
  @FunctionalInterface
  interface Visitor {
    /** A range: the number of its first page, and how many. */
    void range(long firstPage, long pageCount);
  }

  private final int[] histogram = new int[256];
  private int[] pages;
  private int[] spare;
  private int count;

  PageRanges(int capacity) {
    pages = new int[capacity];
    spare = new int[capacity];
  }

  int count() { return count; }

  void clear() { count = 0; }

  /** Adds a page number, 32 bits unsigned. */
  void add(int page) {
    if (count == pages.length) {
      pages = Arrays.copyOf(pages, count * 2);
      spare = new int[count * 2];
    }
    pages[count++] = page;
  }

  /** Sorts, and passes on each run of neighbours once; a page that was added twice counts once. */
  void forEach(Visitor visitor) {
    sort();
    int at = 0;
    while (at < count) {
      long first = Integer.toUnsignedLong(pages[at]);
      long next = first + 1;
      at++;
      while (at < count && Integer.toUnsignedLong(pages[at]) <= next) {
        if (Integer.toUnsignedLong(pages[at]) == next) {
          next++;
        }
        at++;
      }
      visitor.range(first, next - first);
    }
  }

  private void sort() {
    if (isSorted()) {
      return;
    }
    for (int shift = 0; shift < 32; shift += 8) {
      Arrays.fill(histogram, 0);
      for (int i = 0; i < count; i++) {
        histogram[pages[i] >>> shift & 0xff]++;
      }
      int start = 0;
      for (int i = 0; i < 256; i++) {
        int here = histogram[i];
        histogram[i] = start;
        start += here;
      }
      for (int i = 0; i < count; i++) {
        spare[histogram[pages[i] >>> shift & 0xff]++] = pages[i];
      }
      int[] swap = pages;
      pages = spare;
      spare = swap;
    }
  }

  private boolean isSorted() {
    for (int i = 1; i < count; i++) {
      if (Integer.compareUnsigned(pages[i - 1], pages[i]) > 0) {
        return false;
      }
    }
    return true;
  }
}
