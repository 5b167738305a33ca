package org.ballastvm.virtio.balloon;

import java.util.Arrays;

/**
 * Page numbers, or runs of them, in any order, made into as few ranges as they can be. Nothing is allocated.
 *
 * <p>
 * Drivers name pages as their allocator hands them out, mostly in runs up or down. A run is kept as one number, so what
 * is left to sort is short, and often is in order already. Page numbers come as drivers write them, two to a long, so that
 * a run is followed by one addition and one comparison for two pages.
 */
final class PageRanges {
  /** How many page numbers or runs it takes between two calls of {@link #clear}. */
  static final int CAPACITY = 4096;
  /** A run is passed on whole. */
  static final long WHOLE = 1L << 62;

  private static final int COUNT_BITS = 20;
  private static final long NONE = -2;
  private static final long PAGE = 0xffff_ffffL;
  /** From two neighbours to the next two, in both halves of a long. */
  private static final long TWO_EACH = 0x0000_0002_0000_0002L;
  private static final int DIGIT_BITS = 8;
  private static final int DIGITS = 1 << DIGIT_BITS;
  private static final int WORD_SHIFT = 6;
  /** Fewer runs than this are in order sooner by insertion. */
  private static final int FEW = 24;

  /** Takes ranges, by page number. */
  @FunctionalInterface
  interface Visitor {
    /** A range: the number of its first page, and how many. */
    void range(long firstPage, long pageCount);
  }

  /** Each is the number of its first page, and below it in {@link #COUNT_BITS} how many follow that. */
  private long[] runs;
  /** Where runs are on their way into order, or a bit for each page. */
  private long[] others;
  private final int[] places = new int[DIGITS];
  private int runCount;
  private int named;
  private boolean inOrder;
  /** The first run that may not have been passed on, and the page below which all have. */
  private int next;
  private long passedEnd;
  /** The run that may still grow, or {@link #NONE}. */
  private long first = NONE;
  private long last = NONE;

  PageRanges() { this(CAPACITY); }

  /** Ranges of up to so many page numbers or runs. */
  PageRanges(int capacity) {
    runs = new long[capacity];
    others = new long[capacity];
  }

  /** {@return how many page numbers and runs were added} */
  int named() { return named; }

  /** {@return how many more page numbers or runs it takes} */
  int room() { return runs.length - named; }

  void clear() {
    runCount = 0;
    named = 0;
    restart();
    first = NONE;
    last = NONE;
  }

  /**
   * Adds page numbers, each 32 bits unsigned; there is {@link #room} for them.
   *
   * @param pairs two numbers each, the first one in the low half
   * @param count of the numbers, not of the pairs
   */
  void add(long[] pairs, int count) {
    named += count;
    inOrder = false;
    int whole = count / 2;
    for (int at = 0; at < whole;) {
      long one = pairs[at] & PAGE;
      long other = pairs[at] >>> Integer.SIZE;
      if (other == one + 1) {
        int end = endOfRise(pairs, at, whole);
        include(one, one + 2L * (end - at) - 1);
        at = end;
      } else if (other == one - 1) {
        int end = endOfFall(pairs, at, whole);
        include(one - 2L * (end - at) + 1, one);
        at = end;
      } else {
        include(one, one);
        include(other, other);
        at++;
      }
    }
    if ((count & 1) != 0) {
      long page = pairs[whole] & PAGE;
      include(page, page);
    }
  }

  /** Follows a run up; no further than the highest page, beyond which an addition would carry from half to half. */
  private static int endOfRise(long[] pairs, int from, int count) {
    long expected = pairs[from];
    int end = (int) Math.min(count, from + (PAGE + 1 - (expected & PAGE)) / 2);
    int at = from + 1;
    while (at < end && pairs[at] == (expected += TWO_EACH)) {
      at++;
    }
    return at;
  }

  /** Follows a run down; no further than page 0, beyond which a subtraction would borrow. */
  private static int endOfFall(long[] pairs, int from, int count) {
    long expected = pairs[from];
    int end = (int) Math.min(count, from + ((expected & PAGE) + 1) / 2);
    int at = from + 1;
    while (at < end && pairs[at] == (expected -= TWO_EACH)) {
      at++;
    }
    return at;
  }

  /** Adds the pages from {@code low} to {@code high}: to the run that may still grow, where they touch it. */
  private void include(long low, long high) {
    if (low <= last + 1 && high >= first - 1) {
      first = Math.min(first, low);
      last = Math.max(last, high);
    } else {
      close();
      first = low;
      last = high;
    }
  }

  /** Adds a run: up to 2^20 pages, from a page below 2^43; there is {@link #room} for it. */
  void addRun(long firstPage, long pageCount) {
    named++;
    inOrder = false;
    runs[runCount++] = firstPage << COUNT_BITS | pageCount - 1;
  }

  /** Ends the run that may still grow. */
  private void close() {
    if (first != NONE) {
      runs[runCount++] = first << COUNT_BITS | last - first;
      first = NONE;
      last = NONE;
    }
  }

  /** Passes each run of neighbours once, lowest first; a page that was added twice counts once. */
  void forEach(Visitor visitor) {
    restart();
    while (hasNext()) {
      passOn(visitor, WHOLE);
    }
  }

  private void restart() {
    next = 0;
    passedEnd = 0;
  }

  /** {@return whether there is a run, or a part of one, that was not passed on since the last {@link #clear}} */
  boolean hasNext() {
    if (!inOrder) {
      close();
      putInOrder();
      inOrder = true;
    }
    while (next < runCount && end(next) <= passedEnd) {
      next++;
    }
    return next < runCount;
  }

  /**
   * Passes on the next run of neighbours, or the next part of it; there {@link #hasNext is} one.
   *
   * @param mostPages of a part, a power of two: runs are cut at its multiples
   */
  void passOn(Visitor visitor, long mostPages) {
    long start = Math.max(start(next), passedEnd);
    long end = end(next);
    for (int i = next + 1; i < runCount && start(i) <= end && end - start < mostPages; i++) {
      end = Math.max(end, end(i));
    }
    passedEnd = Math.min(end, start + mostPages & -mostPages);
    visitor.range(start, passedEnd - start);
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

  /** Our own, since that of the JDK allocates. */
  private void sort() {
    if (runCount < FEW) {
      insert();
      return;
    }
    long low = Long.MAX_VALUE;
    long high = 0;
    long end = 0;
    for (int i = 0; i < runCount; i++) {
      low = Math.min(low, runs[i]);
      high = Math.max(high, runs[i]);
      end = Math.max(end, end(i));
    }
    long lowest = low >>> COUNT_BITS;
    if (end - lowest >>> WORD_SHIFT < runCount && end - lowest <= 1L << COUNT_BITS) {
      sortByBits(lowest, (int) (end - lowest));
      return;
    }
    int bits = Long.SIZE - Long.numberOfLeadingZeros((high >>> COUNT_BITS) - lowest);
    for (int digit = 0; digit < bits; digit += DIGIT_BITS) {
      sortByDigit(lowest, digit);
    }
  }

  /** Where there is a run for every 64 pages or more: sets a bit for each page, and reads the runs off the bits. */
  private void sortByBits(long lowest, int pageCount) {
    int words = (pageCount - 1 >>> WORD_SHIFT) + 1;
    Arrays.fill(others, 0, words, 0);
    for (int i = 0; i < runCount; i++) {
      int from = (int) (start(i) - lowest);
      int to = (int) (end(i) - lowest);
      while (from < to) {
        int word = from >>> WORD_SHIFT;
        int next = Math.min(to, word + 1 << WORD_SHIFT);
        others[word] |= -1L << from & -1L >>> -next; // shifts count modulo 64
        from = next;
      }
    }
    runCount = 0;
    int page = nextBit(0, words, 0);
    while (page < words << WORD_SHIFT) {
      int end = nextBit(page, words, -1L);
      runs[runCount++] = lowest + page << COUNT_BITS | end - page - 1;
      page = nextBit(end, words, 0);
    }
  }

  /**
   * The next bit from one on that is set, or that is not.
   *
   * @param inverted 0 to find one that is set, -1 for one that is not
   * @return the first behind the words where there is none
   */
  private int nextBit(int from, int words, long inverted) {
    long mask = -1L << from; // a shift counts modulo 64
    for (int word = from >>> WORD_SHIFT; word < words; word++) {
      long found = (others[word] ^ inverted) & mask;
      if (found != 0) {
        return (word << WORD_SHIFT) + Long.numberOfTrailingZeros(found);
      }
      mask = -1L;
    }
    return words << WORD_SHIFT;
  }

  /** Puts runs in the order of eight bits of how far their start is from the lowest; those alike stay as they are. */
  private void sortByDigit(long lowest, int digit) {
    Arrays.fill(places, 0);
    for (int i = 0; i < runCount; i++) {
      places[(int) (start(i) - lowest >>> digit) & DIGITS - 1]++;
    }
    int end = 0;
    for (int i = 0; i < DIGITS; i++) {
      int count = places[i];
      places[i] = end;
      end += count;
    }
    for (int i = 0; i < runCount; i++) {
      others[places[(int) (start(i) - lowest >>> digit) & DIGITS - 1]++] = runs[i];
    }
    long[] sorted = others;
    others = runs;
    runs = sorted;
  }

  private void insert() {
    for (int i = 1; i < runCount; i++) {
      long run = runs[i];
      int at = i;
      while (at > 0 && runs[at - 1] > run) {
        runs[at] = runs[at - 1];
        at--;
      }
      runs[at] = run;
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
