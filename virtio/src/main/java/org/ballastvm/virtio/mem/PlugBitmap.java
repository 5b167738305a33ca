package org.ballastvm.virtio.mem;

import java.util.ArrayList;
import java.util.List;

/** Which blocks are plugged: a bit for each, and nothing else that could disagree with them. */
final class PlugBitmap {
  private static final int SHIFT = 6;

  private final int blockCount;
  private final long[] words;

  /** Blocks that are all unplugged. */
  PlugBitmap(int blockCount) {
    this.blockCount = blockCount;
    this.words = new long[(blockCount + Long.SIZE - 1) >> SHIFT];
  }

  int blockCount() { return blockCount; }

  /** All bits, from block 0 on, in words. */
  List<Long> words() {
    List<Long> all = new ArrayList<>(words.length);
    for (long word : words) {
      all.add(word);
    }
    return all;
  }

  /** Makes all bits what they were. */
  void restore(List<Long> all) {
    for (int i = 0; i < words.length; i++) {
      words[i] = all.get(i);
    }
  }

  /** How many are plugged. */
  int count() {
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    return count;
  }

  boolean get(int block) { return (words[block >> SHIFT] & 1L << block) != 0; }

  /** Whether all of a range, which is not empty, are plugged or all are not. */
  boolean isAll(boolean plugged, int first, int count) {
    return next(!plugged, first, first + count) == first + count;
  }

  /** The first block from {@code from} on that is plugged or not, or {@code end}. */
  int next(boolean plugged, int from, int end) {
    long inverted = plugged ? 0 : -1L;
    long mask = -1L << from; // a shift counts modulo 64
    for (int word = from >> SHIFT; word << SHIFT < end; word++) {
      long found = (words[word] ^ inverted) & mask;
      if (found != 0) {
        return Math.min(end, (word << SHIFT) + Long.numberOfTrailingZeros(found));
      }
      mask = -1L;
    }
    return end;
  }

  void set(boolean plugged, int first, int count) {
    int end = first + count;
    for (int word = first >> SHIFT; word << SHIFT < end; word++) {
      int low = Math.max(first - (word << SHIFT), 0);
      int high = Math.min(end - (word << SHIFT), Long.SIZE) - 1;
      long mask = -1L << low & -1L >>> Long.SIZE - 1 - high;
      words[word] = plugged ? words[word] | mask : words[word] & ~mask;
    }
  }
}
