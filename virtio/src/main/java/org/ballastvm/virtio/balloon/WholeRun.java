package org.ballastvm.virtio.balloon;

import org.ballastvm.virtio.balloon.PageLists.Taker;

/**
 * Huge pages that a driver has named whole, one beside the other: they are handed on as one range.
 *
 * <p>
 * A driver names 1 MiB and waits for the answer. A call of the host for every second list costs more than both lists, and
 * what follows a call runs slowly at first, where the kernel has the processor forget the process's addresses (page table
 * isolation without PCID).
 */
final class WholeRun {
  /** As long as a run gets: of the slowest kind of memory, the host takes this in some five milliseconds. */
  static final long MOST_BYTES = 16L << 20;

  private final Taker taker;
  private long start;
  private long end;

  WholeRun(Taker taker) { this.taker = taker; }

  boolean isEmpty() { return start == end; }

  /** Where it starts; what it is when it is empty means nothing. */
  long start() { return start; }

  /** Where it ends, which is where it starts if it is empty. */
  long end() { return end; }

  /** Makes it what it was. */
  void restore(long first, long behind) {
    start = first;
    end = behind;
  }

  /** Adds a range, which comes with those before it, or when it is their neighbour no more. */
  void add(long gpa, long lengthBytes) {
    if (gpa == end && !isEmpty()) {
      end += lengthBytes;
    } else if (gpa + lengthBytes == start && !isEmpty()) {
      start = gpa;
    } else {
      handOn();
      start = gpa;
      end = gpa + lengthBytes;
    }
    if (end - start >= MOST_BYTES) {
      handOn();
    }
  }

  /** Hands on what there is. */
  void handOn() {
    if (isEmpty()) {
      return;
    }
    long gpa = start;
    long lengthBytes = end - start;
    restore(0, 0);
    taker.range(gpa, lengthBytes);
  }
}
