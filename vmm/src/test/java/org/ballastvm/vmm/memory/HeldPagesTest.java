package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Held pages against a set of bits. */
class HeldPagesTest {
  private static final int PAGES = 3 << 17; // a GiB and a half
  private static final long PAGE = 4096;

  @Test
  void whatIsHeldIsWhatWasHeldAndNotReleased() {
    long seed = 20261121;
    Random random = new Random(seed);
    HeldPages held = new HeldPages(PAGES * PAGE);
    BitSet model = new BitSet();
    for (int step = 0; step < 2000; step++) {
      int from = random.nextInt(PAGES);
      int to = from + 1 + random.nextInt(random.nextBoolean() ? 100 : PAGES - from);
      boolean set = random.nextBoolean();
      if (set) {
        held.mark(from * PAGE, (to - from) * PAGE);
      } else {
        held.release(from * PAGE, (to - from) * PAGE);
      }
      model.set(from, to, set);
      int low = random.nextInt(PAGES);
      int high = low + random.nextInt(PAGES - low + 1);
      assertEquals(model.get(low, high).cardinality() * PAGE, held.bytes(low * PAGE, (high - low) * PAGE),
          "seed " + seed + ", step " + step);
    }
    held.clear();
    assertEquals(0, held.bytes(0, PAGES * PAGE));
    held.close();
  }

  @Test
  void aPageOfEachGibibyteOf64TebibytesIsHeldOutsideTheHeap() {
    long tebibytes64 = 64L << 40;
    try (HeldPages held = new HeldPages(tebibytes64)) {
      long before = allocatedBytes();
      for (long at = 0; at < tebibytes64; at += 1 << 30) {
        held.mark(at, PAGE);
      }
      long last = tebibytes64 - (1L << 40);
      assertEquals(1024 * PAGE, held.bytes(last, 1L << 40));
      held.release(last + PAGE, (1L << 40) - PAGE);
      assertEquals(PAGE, held.bytes(last, 1L << 40));
      long allocated = allocatedBytes() - before;
      assertTrue(allocated < 16 << 20, allocated + " bytes of the heap");
    }
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
