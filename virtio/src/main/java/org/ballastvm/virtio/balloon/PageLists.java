package org.ballastvm.virtio.balloon;

import java.lang.foreign.MemorySegment;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.balloon.PageRanges.Visitor;
import org.ballastvm.virtio.queue.DescriptorChain;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * Takes lists of page numbers off a queue and hands them on as ranges of guest memory. Virtio 1.3, 5.5.6.
 *
 * <p>
 * The chains that are ready together are one batch: each is read by one copy, their pages are merged, and they go back
 * to the driver when all of their ranges have been handed on. A batch may take several turns.
 */
final class PageLists {
  /** A page of the balloon, whatever the pages of guest and host are. 5.5.6. */
  static final int PAGE_SHIFT = 12;

  private static final int PAGE_BYTES = 1 << PAGE_SHIFT;
  private static final int NUMBER_BYTES = 4;
  /** Drivers name 256 to 1024 pages in a chain. */
  private static final int LONGEST_CHAIN_BYTES = PageRanges.CAPACITY * NUMBER_BYTES;
  private static final int MOST_CHAINS = 128;
  /** What {@link #takeBatch} returns when the turn was over before the batch was. */
  static final int UNFINISHED = -1;

  /** Takes ranges of guest memory. */
  @FunctionalInterface
  interface Taker {
    /** A range, by guest physical address; all of it is memory. */
    void range(long gpa, long lengthBytes);
  }

  private final String name;
  private final Taker taker;
  /** Where page numbers are read to, each once: a guest may change its list at any time. Two to a long. */
  private final long[] numbers = new long[512];
  private final MemorySegment staging = MemorySegment.ofArray(numbers);
  private final PageRanges pages = new PageRanges();
  private final Visitor handOn = this::handOn;
  private final int[] heads = new int[MOST_CHAINS];
  private int taken;
  private GuestMemory memory;
  private long strayPage = -1;

  /** Lists on a queue of this name. */
  PageLists(String name, Taker taker) {
    this.name = name;
    this.taker = taker;
  }

  /**
   * Works on one batch, or on what an earlier turn has left of one.
   *
   * @param turn ends the work when it is over; the next call goes on
   * @return how many pages it named, or {@link #UNFINISHED}
   * @throws GuestError if a chain is no list of page numbers
   */
  int takeBatch(Virtqueue ring, GuestMemory guest, Turn turn) {
    memory = guest;
    if (taken == 0) {
      collect(ring);
    }
    while (pages.hasNext()) {
      if (turn.isOverByCalls()) {
        return UNFINISHED;
      }
      pages.passOn(handOn, PageRanges.WHOLE);
    }
    for (int i = 0; i < taken; i++) {
      ring.pushUsed(heads[i], 0);
    }
    int named = pages.named();
    pages.clear();
    taken = 0;
    return named;
  }

  private void collect(Virtqueue ring) {
    DescriptorChain chain = ring.next();
    while (chain != null) {
      requireList(chain);
      if (chain.readableBytes() > (long) pages.room() * NUMBER_BYTES) {
        ring.putBack(); // It begins the next batch.
        return;
      }
      read(chain);
      heads[taken++] = chain.head();
      chain = taken < heads.length && pages.room() > 0 ? ring.nextSeen() : null;
    }
  }

  /** {@return how many chains were taken off the ring and are not given back yet} */
  int taken() { return taken; }

  /** Forgets what it was at: the driver is gone. */
  void clear() {
    pages.clear();
    taken = 0;
    strayPage = -1;
  }

  /** {@return the highest page number named since the last call that is no memory, or -1} */
  long takeStrayPage() {
    long stray = strayPage;
    strayPage = -1;
    return stray;
  }

  private void requireList(DescriptorChain chain) {
    if (chain.writableCount() != 0 || chain.readableBytes() > LONGEST_CHAIN_BYTES) {
      throw new GuestError(
          name + " queue: a chain of " + chain.readableBytes() + " bytes to read and " + chain.writableBytes()
              + " to write; page numbers come as 4 bytes each, to be read, at most " + LONGEST_CHAIN_BYTES
              + " bytes at once");
    }
    for (int i = 0; i < chain.readableCount(); i++) {
      if ((chain.lengthBytes(i) & NUMBER_BYTES - 1) != 0) {
        throw new GuestError(name + " queue: a buffer of " + chain.lengthBytes(i) + " bytes cuts a page number in two");
      }
    }
  }

  private void read(DescriptorChain chain) {
    for (int i = 0; i < chain.readableCount(); i++) {
      long end = chain.address(i) + chain.lengthBytes(i);
      for (long at = chain.address(i); at < end; at += staging.byteSize()) {
        long lengthBytes = Math.min(end - at, staging.byteSize());
        memory.read(at, staging, 0, lengthBytes);
        pages.add(numbers, (int) lengthBytes / NUMBER_BYTES);
      }
    }
  }

  private void handOn(long firstPage, long pageCount) {
    if (memory.contains(firstPage << PAGE_SHIFT, pageCount << PAGE_SHIFT)) {
      taker.range(firstPage << PAGE_SHIFT, pageCount << PAGE_SHIFT);
    } else {
      handOnWhatIsMemory(firstPage, firstPage + pageCount);
    }
  }

  private void handOnWhatIsMemory(long firstPage, long endPage) {
    long start = firstPage;
    for (long page = firstPage; page < endPage; page++) {
      if (!memory.contains(page << PAGE_SHIFT, PAGE_BYTES)) {
        if (start < page) {
          taker.range(start << PAGE_SHIFT, (page - start) << PAGE_SHIFT);
        }
        start = page + 1;
        strayPage = page;
      }
    }
    if (start < endPage) {
      taker.range(start << PAGE_SHIFT, (endPage - start) << PAGE_SHIFT);
    }
  }
}
