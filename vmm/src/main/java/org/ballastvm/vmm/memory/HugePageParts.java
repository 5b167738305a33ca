package org.ballastvm.vmm.memory;

/**
 * Which parts of the host's huge pages the guest has given away, 4 KiB each: the host takes a huge page back only as a
 * whole, when all of its parts are held.
 *
 * <p>
 * A bit for each part and a number for each huge page, where parts are held: at most 2.25 MiB for 64 GiB in pages of 2 MiB.
 */
final class HugePageParts implements AutoCloseable {
  private static final int PART_SHIFT = 12;

  private final int pageShift;
  private final int partsInPage;
  private final Taker taker;
  private final SparseWords held;
  private final SparseWords heldInPage;

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
    this.pageShift = Long.numberOfTrailingZeros(pageBytes);
    this.partsInPage = 1 << pageShift - PART_SHIFT;
    this.taker = taker;
    this.held = new SparseWords((sizeBytes >>> PART_SHIFT) / Long.SIZE);
    this.heldInPage = new SparseWords(sizeBytes >>> pageShift);
  }

  /**
   * Holds a range, and hands on each huge page in it that is whole then: neighbours at once.
   *
   * @param offsetBytes a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero, all of it in the memory
   */
  synchronized void hold(long offsetBytes, long lengthBytes) {
    change(offsetBytes, lengthBytes, true);
    long end = (offsetBytes + lengthBytes - 1 >>> pageShift) + 1;
    for (long page = offsetBytes >>> pageShift; page < end; page++) {
      long first = page;
      while (page < end && heldInPage.get(page) == partsInPage) {
        page++;
      }
      if (first < page) {
        taker.range(first << pageShift, page - first << pageShift);
      }
    }
  }

  /**
   * Holds a range no more; what was not held stays so.
   *
   * @param offsetBytes a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero, all of it in the memory
   */
  synchronized void release(long offsetBytes, long lengthBytes) { change(offsetBytes, lengthBytes, false); }

  /** Holds nothing more. */
  synchronized void releaseAll() {
    held.clear();
    heldInPage.clear();
  }

  @Override
  public void close() { releaseAll(); }

  private void change(long offsetBytes, long lengthBytes, boolean hold) {
    long end = offsetBytes + lengthBytes >>> PART_SHIFT;
    long from = offsetBytes >>> PART_SHIFT;
    while (from < end) {
      long word = from / Long.SIZE;
      long next = hold ? word : held.nextSet(word);
      if (next > word) { // Nothing in between is held.
        from = next > end / Long.SIZE ? end : next * Long.SIZE;
        continue;
      }
      long to = Math.min(end, (word + 1) * Long.SIZE);
      long mask = -1L << from & -1L >>> -to; // shifts count modulo 64
      long bits = held.get(word);
      long changed = mask & (hold ? ~bits : bits);
      if (changed != 0) {
        held.set(word, bits ^ changed);
        long page = from >>> pageShift - PART_SHIFT;
        heldInPage.set(page, heldInPage.get(page) + (hold ? Long.bitCount(changed) : -Long.bitCount(changed)));
      }
      from = to;
    }
  }
}
