package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.ballastvm.virtio.Turn;
import org.ballastvm.virtio.driver.FlatMemory.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeBlocksTest {
  private static final int BLOCK = 512;

  private final List<Range> given = new ArrayList<>();
  private final WholeBlocks blocks = new WholeBlocks((gpa, length) -> given.add(new Range(gpa >> 12, length >> 12)));

  private void add(long firstPage, long pageCount) { blocks.range(firstPage << 12, pageCount << 12); }

  private List<Range> given() {
    List<Range> taken = List.copyOf(given);
    given.clear();
    return taken;
  }

  private void flush() { assertTrue(blocks.flush(new Turn(() -> 0))); }

  @Test
  void theSecondHalfOfABlockBringsTheWholeBlock() {
    add(BLOCK + 256, 256);
    assertEquals(List.of(), given());
    assertTrue(blocks.isHolding());
    add(BLOCK, 256);
    assertTrue(blocks.isHolding());
    flush();
    assertEquals(List.of(new Range(BLOCK, BLOCK)), given());
    assertFalse(blocks.isHolding());
  }

  @Test
  void wholeBlocksBesideEachOtherGoTogetherUpwardsAndDownwards() {
    add(BLOCK * 5, BLOCK);
    add(BLOCK * 6, BLOCK);
    add(BLOCK * 4, BLOCK);
    assertEquals(List.of(), given());
    add(BLOCK * 8, BLOCK);
    assertEquals(List.of(new Range(BLOCK * 4, 3 * BLOCK)), given());
    add(BLOCK * 8, BLOCK);
    flush();
    assertEquals(List.of(new Range(BLOCK * 8, BLOCK), new Range(BLOCK * 8, BLOCK)), given());
  }

  @Test
  void aRunOfWholeBlocksGoesWhenItHas16MiB() {
    for (int block = 0; block < 7; block++) {
      add(block * (long) BLOCK, BLOCK);
    }
    assertEquals(List.of(), given());
    add(7 * BLOCK, 3 * BLOCK);
    assertEquals(List.of(new Range(0, 10 * BLOCK)), given());
    assertFalse(blocks.isHolding());
  }

  @Test
  void aRunOfWholeBlocksIsState() {
    add(BLOCK * 5, 2 * BLOCK);
    WholeBlocks others = new WholeBlocks((gpa, length) -> given.add(new Range(gpa >> 12, length >> 12)));
    others.restore(blocks.state(false));
    assertEquals(blocks.state(false), others.state(false));
    assertTrue(others.flush(new Turn(() -> 0)));
    assertEquals(List.of(new Range(BLOCK * 5, 2 * BLOCK)), given());
  }

  @Test
  void wholeBlocksInARangeGoTogetherAndItsEndsStay() {
    add(BLOCK - 3, 3 * BLOCK + 5);
    add(0, BLOCK - 3);
    assertEquals(List.of(), given());
    flush();
    assertEquals(List.of(new Range(0, 4 * BLOCK), new Range(4 * BLOCK, 2)), given());
  }

  @Test
  void whatIsHeldGoesAsItIsWhenAsked() {
    add(10, 1);
    add(12, 2);
    add(BLOCK - 1, 1);
    flush();
    assertEquals(List.of(new Range(10, 1), new Range(12, 2), new Range(BLOCK - 1, 1)), given());
    flush();
    assertEquals(List.of(), given());
  }

  @Test
  void whatIsForgottenIsNotHandedOn() {
    add(10, 100);
    add(BLOCK, BLOCK);
    blocks.restore(BalloonState.Held.POWER_ON);
    assertFalse(blocks.isHolding());
    flush();
    assertEquals(List.of(), given());
  }

  @Test
  void tooManyIncompleteBlocksPushTheOldestOut() {
    for (int block = 0; block < 17; block++) {
      add(block * (long) BLOCK + 7, 1);
    }
    assertEquals(1, given().size());
    flush();
    assertEquals(16, given().size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2026})
  void everyPageComesOutOnceWhateverTheOrder(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      BitSet added = new BitSet();
      for (int i = 0; i < 300; i++) {
        int first = random.nextInt(40 * BLOCK);
        int next = added.nextSetBit(first);
        int count = next < 0 ? random.nextInt(1, 700) : Math.min(random.nextInt(1, 700), next - first);
        if (count > 0) {
          added.set(first, first + count);
          add(first, count);
        }
      }
      flush();
      BitSet out = new BitSet();
      for (Range range : given()) {
        int first = (int) range.firstPage();
        assertTrue(out.nextSetBit(first) < 0 || out.nextSetBit(first) >= first + range.pageCount(), "seed " + seed);
        out.set(first, first + (int) range.pageCount());
      }
      assertEquals(added, out, "seed " + seed + ", round " + round);
    }
  }
}
