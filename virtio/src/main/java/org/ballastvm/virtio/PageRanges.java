package org.ballastvm.virtio;

/**
 * Page numbers, or runs of them, in any order, made into as few ranges as they can be. Nothing is allocated.
 *
 * <p>
 * Drivers name pages as their allocator hands them out, mostly in runs up or down. A run is kept as one number, so what
 * is left to sort is short, and often is in order already.
 */
final class PageRanges {
  /** How many page numbers or runs it takes between two calls of {@link #clear}. */
  static final int CAPACITY = 4096;

  private static final int COUNT_BITS = 20;
  private static final long NONE = -2;
  /** M. Ciura, "Best Increments for the Average Case of Shellsort", 2001; from 1750 up, each is 2.25 times the one before. */
  private static final int[] GAPS = {44842, 19930, 8858, 3937, 1750, 701, 301, 132, 57, 23, 10, 4, 1};

  /** Takes ranges, by page number. */
  @FunctionalInterface
  interface Visitor {
    /** A range: the number of its first page, and how many. */
    void range(long firstPage, long pageCount);
  }

  /** Each is the number of its first page, and below it in {@link #COUNT_BITS} how many follow that. */
  private final long[] runs;
  private int runCount;
  private int named;
  /** The run that may still grow, or {@link #NONE}. */
  private long first = NONE;
  private long last = NONE;

  PageRanges() { this(CAPACITY); }

  /** Ranges of up to so many page numbers or runs. */
  PageRanges(int capacity) { runs = new long[capacity]; }

  /** {@return how many page numbers and runs were added} */
  int named() { return named; }

  /** {@return how many more page numbers or runs it takes} */
  int room() { return runs.length - named; }

  void clear() {
    runCount = 0;
    named = 0;
    first = NONE;
    last = NONE;
  }

  /** Adds page numbers, each 32 bits unsigned; there is {@link #room} for them. */
  void add(int[] pages, int count) {
    named += count;
    long low = first;
    long high = last;
    for (int i = 0; i < count; i++) {
      long page = pages[i] & 0xffff_ffffL;
      if (page == low - 1) {
        low = page;
      } else if (page == high + 1) {
        high = page;
      } else if (page < low || page > high) {
        close(low, high);
        low = page;
        high = page;
      }
    }
    first = low;
    last = high;
  }

  /** Adds a run: up to 2^20 pages, from a page below 2^43; there is {@link #room} for it. */
  void addRun(long firstPage, long pageCount) {
    named++;
    runs[runCount++] = firstPage << COUNT_BITS | pageCount - 1;
  }

  private void close(long low, long high) {
    if (low != NONE) {
      runs[runCount++] = low << COUNT_BITS | high - low;
    }
  }

  /** Passes each run of neighbours once, lowest first; a page that was added twice counts once. */
  void forEach(Visitor visitor) {
    close(first, last);
    first = NONE;
    last = NONE;
    putInOrder();
    for (int i = 0; i < runCount;) {
      long start = start(i);
      long end = end(i);
      i++;
      while (i < runCount && start(i) <= end) {
        end = Math.max(end, end(i));
        i++;
      }
      visitor.range(start, end - start);
    }
  }

  private long start(int run) { return runs[run] >>> COUNT_BITS; }

  private long end(int run) { return start(run) + (runs[run] & (1 << COUNT_BITS) - 1) + 1; }

  private void putInOrder() {
    int rising = 0;
    for (int i = 1; i < runCount; i++) {
      if (runs[i - 1] <= runs[i]) {
        rising++;
      }
    }
    if (rising == 0) {
      reverse();
    } else if (rising != runCount - 1) {
      sort();
    }
  }

  /** Shell's, since that of the JDK allocates. */
  private void sort() {
    for (int gap : GAPS) {
      for (int i = gap; i < runCount; i++) {
        long run = runs[i];
        int at = i;
        while (at >= gap && runs[at - gap] > run) {
          runs[at] = runs[at - gap];
          at -= gap;
        }
        runs[at] = run;
      }
    }
  }

  private void reverse() {
    for (int low = 0, high = runCount - 1; low < high; low++, high--) {
      long swap = runs[low];
      runs[low] = runs[high];
      runs[high] = swap;
    }
  }
}
