package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
      held.set(set, from * PAGE, (to - from) * PAGE);
      model.set(from, to, set);
      int low = random.nextInt(PAGES);
      int high = low + random.nextInt(PAGES - low + 1);
      assertEquals(model.get(low, high).cardinality() * PAGE, held.bytes(low * PAGE, (high - low) * PAGE),
          "seed " + seed + ", step " + step);
    }
    held.clear();
    assertEquals(0, held.bytes(0, PAGES * PAGE));
  }
}
