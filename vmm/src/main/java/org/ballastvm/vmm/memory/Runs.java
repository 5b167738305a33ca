package org.ballastvm.vmm.memory;

/**
 * Ranges of addresses, of which no two touch: an immutable set. Looks allocate nothing.
 *
 * <p>
 * Adding and removing copies it. It is as long as what is plugged is scattered, which the number of memory slots bounds.
 */
final class Runs {
  static final Runs NONE = new Runs(new long[0]);

  /** First address and end of each in turn, all of them rising. */
  private final long[] bounds;

  private Runs(long[] bounds) { this.bounds = bounds; }

  int count() { return bounds.length / 2; }

  long start(int run) { return bounds[2 * run]; }

  long end(int run) { return bounds[2 * run + 1]; }

  /** The set with a range, parts of which may be in it. */
  Runs with(long start, long end) {
    // A bound at an edge of the range goes too: what touches becomes one.
    int from = below(start);
    int to = upTo(end);
    return replaced(from, to, (from & 1) == 0 ? start : -1, (to & 1) == 0 ? end : -1);
  }

  /** The set without a range, parts of which may not be in it. */
  Runs without(long start, long end) {
    int from = below(start);
    int to = upTo(end);
    return replaced(from, to, (from & 1) == 1 ? start : -1, (to & 1) == 1 ? end : -1);
  }

  /** Puts up to two bounds in the place of others; -1 is none. */
  private Runs replaced(int from, int to, long first, long second) {
    int added = (first >= 0 ? 1 : 0) + (second >= 0 ? 1 : 0);
    long[] next = new long[bounds.length - (to - from) + added];
    System.arraycopy(bounds, 0, next, 0, from);
    int at = from;
    if (first >= 0) {
      next[at++] = first;
    }
    if (second >= 0) {
      next[at++] = second;
    }
    System.arraycopy(bounds, to, next, at, bounds.length - to);
    return new Runs(next);
  }

  /** How many bounds are below an address. */
  private int below(long address) {
    int low = 0;
    int high = bounds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (bounds[middle] < address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** How many bounds are at most an address; there is none above it that is not. */
  private int upTo(long address) {
    return below(address + 1);
  }

  /** The end of the run that an address is in; -1 if it is in none. */
  long endAt(long address) {
    int bound = upTo(address);
    return (bound & 1) == 1 ? bounds[bound] : -1;
  }

  /** The first address from one on that is in the set, or the limit. */
  long next(long address, long limit) {
    int bound = upTo(address);
    if ((bound & 1) == 1) {
      return address;
    }
    return bound == bounds.length ? limit : Math.min(limit, bounds[bound]);
  }

  /** How many addresses of a range are in the set. */
  long bytes(long start, long end) {
    long bytes = 0;
    for (int bound = below(start) & ~1; bound < bounds.length && bounds[bound] < end; bound += 2) {
      bytes += Math.max(0, Math.min(bounds[bound + 1], end) - Math.max(bounds[bound], start));
    }
    return bytes;
  }

  /** Whether a range is one of the runs. */
  boolean isRun(long start, long end) {
    int bound = below(start);
    return (bound & 1) == 0 && bound < bounds.length && bounds[bound] == start && bounds[bound + 1] == end;
  }
}
