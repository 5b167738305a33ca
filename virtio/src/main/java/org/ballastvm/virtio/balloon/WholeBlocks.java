package org.ballastvm.virtio.balloon;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.balloon.BalloonState.Held;
import org.ballastvm.virtio.balloon.PageLists.Taker;

/**
 * Holds ranges of guest memory back until the 2 MiB around them are complete, and hands them on as one, with those beside
 * them that are complete, too.
 *
 * <p>
 * A driver names 1 MiB at a time. Where guest memory is in huge pages, giving the first half back splits one, and the
 * guest then faults on each page of the other half, which it is still to clear before it names it: that costs more than
 * all the rest of an inflate. Few blocks are incomplete at a time; when there are more, the oldest goes as it is.
 */
final class WholeBlocks implements Taker {
  static final long BLOCK_BYTES = 2L << 20;

  private static final int PAGE_SHIFT = PageLists.PAGE_SHIFT;
  private static final int PAGES = (int) (BLOCK_BYTES >> PAGE_SHIFT);
  private static final int WORDS = Held.WORDS;
  private static final int SLOTS = Held.SLOTS;
  private static final long FREE = Held.FREE;

  private final Taker taker;
  private final WholeRun whole;
  /** Where the block of each slot begins, or {@link #FREE}. */
  private final long[] bases = new long[SLOTS];
  /** A bit for each page that is held, {@link #WORDS} words for each slot. */
  private final long[] bits = new long[SLOTS * WORDS];
  private int held;
  private int oldest;
  /** The slot that was used last; where a driver names pages in order, it is the next one's too. */
  private int latest;

  WholeBlocks(Taker taker) {
    this.taker = taker;
    this.whole = new WholeRun(taker);
    restore(Held.POWER_ON);
  }

  boolean isHolding() { return held > 0 || !whole.isEmpty(); }

  @Override
  public void range(long gpa, long lengthBytes) {
    long end = gpa + lengthBytes;
    long firstWhole = gpa + BLOCK_BYTES - 1 & -BLOCK_BYTES;
    long endWhole = end & -BLOCK_BYTES;
    if (firstWhole > endWhole) {
      hold(gpa, end);
      return;
    }
    if (gpa < firstWhole) {
      hold(gpa, firstWhole);
    }
    if (firstWhole < endWhole) {
      whole.add(firstWhole, endWhole - firstWhole);
    }
    if (endWhole < end) {
      hold(endWhole, end);
    }
  }

  /** Hands on what is held; false if the turn was over before all was. */
  boolean flush(Turn turn) {
    whole.handOn();
    for (int slot = 0; held > 0 && slot < SLOTS && !turn.isOver(); slot++) {
      flush(slot);
    }
    return held == 0;
  }

  /**
   * What is held.
   *
   * @param ringNamed is no matter of this
   */
  Held state(boolean ringNamed) {
    return new Held(list(bases), list(bits), oldest, latest, whole.start(), whole.end(), ringNamed);
  }

  private static List<Long> list(long[] words) {
    List<Long> list = new ArrayList<>(words.length);
    for (long word : words) {
      list.add(word);
    }
    return list;
  }

  /** Holds what was held. */
  void restore(Held state) {
    held = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      bases[slot] = state.bases().get(slot);
      held += bases[slot] == FREE ? 0 : 1;
    }
    for (int word = 0; word < bits.length; word++) {
      bits[word] = state.pages().get(word);
    }
    whole.restore(state.wholeStart(), state.wholeEnd());
    oldest = state.oldest();
    latest = state.latest();
  }

  /** Holds pages of one block. */
  private void hold(long gpa, long end) {
    long base = gpa & -BLOCK_BYTES;
    int slot = slotOf(base);
    int first = (int) (gpa - base >> PAGE_SHIFT);
    int last = (int) (end - base >> PAGE_SHIFT) - 1;
    int firstWord = slot * WORDS + first / Long.SIZE;
    int lastWord = slot * WORDS + last / Long.SIZE;
    long fromFirst = -1L << first; // shifts count modulo 64
    long toLast = -1L >>> -1 - last;
    if (firstWord == lastWord) {
      bits[firstWord] |= fromFirst & toLast;
    } else {
      bits[firstWord] |= fromFirst;
      for (int word = firstWord + 1; word < lastWord; word++) {
        bits[word] = -1L;
      }
      bits[lastWord] |= toLast;
    }
    if (isComplete(slot)) {
      whole.add(base, BLOCK_BYTES);
      free(slot);
    }
  }

  private int slotOf(long base) {
    if (bases[latest] == base) {
      return latest;
    }
    int slot = find(base);
    if (slot < SLOTS) {
      latest = slot;
      return slot;
    }
    slot = held < SLOTS ? find(FREE) : SLOTS;
    if (slot == SLOTS) {
      slot = oldest;
      oldest = (oldest + 1) % SLOTS;
      flush(slot);
    }
    bases[slot] = base;
    latest = slot;
    held++;
    return slot;
  }

  /** The slot of a block, or {@link #SLOTS}. */
  private int find(long base) {
    int slot = 0;
    while (slot < SLOTS && bases[slot] != base) {
      slot++;
    }
    return slot;
  }

  private boolean isComplete(int slot) {
    for (int word = 0; word < WORDS; word++) {
      if (bits[slot * WORDS + word] != -1L) {
        return false;
      }
    }
    return true;
  }

  private void flush(int slot) {
    if (bases[slot] == FREE) {
      return;
    }
    int start = next(slot, 0, 0);
    while (start < PAGES) {
      int end = next(slot, start, -1L);
      taker.range(bases[slot] + ((long) start << PAGE_SHIFT), (long) (end - start) << PAGE_SHIFT);
      start = next(slot, end, 0);
    }
    free(slot);
  }

  private void free(int slot) {
    bases[slot] = FREE;
    Arrays.fill(bits, slot * WORDS, (slot + 1) * WORDS, 0);
    held--;
  }

  /**
   * The next page from {@code from} on that is held, or that is not.
   *
   * @param inverted 0 to find one that is held, -1 for one that is not
   * @return {@link #PAGES} where there is none
   */
  private int next(int slot, int from, long inverted) {
    long mask = -1L << from; // a shift counts modulo 64
    for (int word = from / Long.SIZE; word < WORDS; word++) {
      long found = (bits[slot * WORDS + word] ^ inverted) & mask;
      if (found != 0) {
        return word * Long.SIZE + Long.numberOfTrailingZeros(found);
      }
      mask = -1L;
    }
    return PAGES;
  }
}
