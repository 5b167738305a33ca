package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Runs of addresses against a set of bits. */
class RunsTest {
  private static final int ADDRESSES = 150;

  @Test
  void whateverIsAddedAndRemovedTheySayWhatASetOfBitsSays() {
    long seed = 20261121;
    Random random = new Random(seed);
    Runs runs = Runs.NONE;
    BitSet bits = new BitSet();
    for (int step = 0; step < 20_000; step++) {
      int start = random.nextInt(ADDRESSES);
      int end = start + 1 + random.nextInt(random.nextInt(8) == 0 ? ADDRESSES : 4);
      boolean add = random.nextInt(100) < 50;
      bits.set(start, end, add);
      runs = add ? runs.with(start, end) : runs.without(start, end);
      assertSame(bits, runs, random, "seed " + seed + ", step " + step);
    }
  }

  private static void assertSame(BitSet bits, Runs runs, Random random, String where) {
    int count = 0;
    for (int start = bits.nextSetBit(0); start >= 0; start = bits.nextSetBit(bits.nextClearBit(start))) {
      int end = bits.nextClearBit(start);
      assertEquals(start, runs.start(count), where);
      assertEquals(end, runs.end(count), where);
      assertTrue(runs.isRun(start, end) && !runs.isRun(start, end + 1) && !runs.isRun(start + 1, end), where);
      count++;
    }
    assertEquals(count, runs.count(), where);
    int at = random.nextInt(ADDRESSES);
    int limit = at + random.nextInt(ADDRESSES);
    assertEquals(bits.get(at) ? bits.nextClearBit(at) : -1, runs.endAt(at), where);
    assertEquals(bits.get(at, limit).cardinality(), runs.bytes(at, limit), where);
    int next = bits.nextSetBit(at);
    assertEquals(next < 0 || next > limit ? limit : next, runs.next(at, limit), where);
  }
}
