package org.ballastvm.vmm.memory;

import org.ballastvm.vmm.config.PageSize;

/**
 * Which parts of the host's huge pages the guest has given away, 4 KiB each: the host takes a huge page back only as a
 * whole, when all of its parts are held.
 *
 * <p>
 * To see that, it counts for each huge page the words of {@link HeldPages} that are full: one part in 64 makes a difference
 * to that. With the bits, this takes at most 2.25 MiB for 64 GiB in pages of 2 MiB.
 */
final class HugePageParts extends HeldPages {
  /** Words in a huge page, as a shift. */
  private final int wordsShift;
  private final Taker taker;
  private final SparseWords fullWords;

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
    super(sizeBytes);
    this.wordsShift = Long.numberOfTrailingZeros(pageBytes) - PageSize.SHIFT - WORD_SHIFT;
    this.taker = taker;
    this.fullWords = new SparseWords(sizeBytes >>> pageShift());
  }

  private int pageShift() { return wordsShift + WORD_SHIFT + PageSize.SHIFT; }

  /**
   * Holds a range, and hands on each huge page in it that is whole then: neighbours at once.
   *
   * @param offsetBytes a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero, all of it in the memory
   * @return whether any was
   */
  synchronized boolean hold(long offsetBytes, long lengthBytes) {
    return mark(offsetBytes, lengthBytes) && handOn(offsetBytes, lengthBytes);
  }

  private boolean handOn(long offsetBytes, long lengthBytes) {
    int pageShift = pageShift();
    long end = (offsetBytes + lengthBytes - 1 >>> pageShift) + 1;
    boolean any = false;
    for (long page = offsetBytes >>> pageShift; page < end; page++) {
      long first = page;
      while (page < end && fullWords.get(page) == 1L << wordsShift) {
        page++;
      }
      if (first < page) {
        taker.range(first << pageShift, page - first << pageShift);
        any = true;
      }
    }
    return any;
  }

  @Override
  void filled(long word, int change) {
    long page = word >>> wordsShift;
    fullWords.set(page, fullWords.get(page) + change);
  }

  @Override
  synchronized void clear() {
    super.clear();
    fullWords.clear();
  }
}
