package org.ballastvm.vmm.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A huge page goes back to the host when the guest has given all of its parts away, and not before. */
class HugePagePartsTest {
  private static final long PART = 4096;
  private static final long MIB = 1 << 20;
  private static final long HUGE = 2 * MIB;

  private final List<Range> taken = new ArrayList<>();
  private final HugePageParts parts = new HugePageParts(64 * MIB, HUGE, this::take);

  @AfterEach
  void close() { parts.close(); }

  private record Range(long offsetBytes, long lengthBytes) {}

  private void take(long offsetBytes, long lengthBytes) { taken.add(new Range(offsetBytes, lengthBytes)); }

  private List<Range> taken() {
    List<Range> now = List.copyOf(taken);
    taken.clear();
    return now;
  }

  @Test
  void aHugePageIsTakenWithItsLastPart() {
    for (long part = 511; part > 0; part--) {
      parts.hold(HUGE + part * PART, PART);
    }
    assertEquals(List.of(), taken());
    assertTrue(parts.hold(HUGE, PART), "the host was asked");
    assertEquals(List.of(new Range(HUGE, HUGE)), taken());
  }

  @Test
  void nobodyIsAskedToTakeAPartOrManyOfThem() {
    assertFalse(parts.hold(HUGE, PART));
    assertFalse(parts.hold(HUGE, HUGE - PART));
    assertFalse(parts.hold(3 * HUGE + 64 * PART, HUGE));
  }

  @Test
  void wholeNeighboursAreTakenAtOnce() {
    parts.hold(4 * HUGE - PART, 3 * HUGE + 2 * PART);
    assertEquals(List.of(new Range(4 * HUGE, 3 * HUGE)), taken());
  }

  @Test
  void aPartThatTheGuestHasAgainMakesItsHugePageTheGuests() {
    parts.hold(0, HUGE);
    taken();
    parts.release(5 * PART, PART);
    parts.hold(0, 5 * PART);
    parts.hold(6 * PART, PART);
    assertEquals(List.of(), taken());
    parts.hold(5 * PART, PART);
    assertEquals(List.of(new Range(0, HUGE)), taken());
  }

  @Test
  void aPartThatIsNamedTwiceCountsOnce() {
    parts.hold(0, HUGE - PART);
    parts.hold(0, HUGE - PART);
    parts.hold(0, PART);
    assertEquals(List.of(), taken());
  }

  @Test
  void afterAResetThereAreNoParts() {
    parts.hold(0, HUGE - PART);
    parts.clear();
    parts.hold(HUGE - PART, PART);
    assertEquals(List.of(), taken());
  }

  @Test
  void whatWasNeverHeldCanBeReleased() {
    parts.release(0, 64 * MIB);
    parts.clear();
    parts.hold(62 * MIB, HUGE);
    assertEquals(List.of(new Range(62 * MIB, HUGE)), taken());
  }

  @Test
  void aHugePageOfAGibibyteIsNoOther() {
    HugePageParts gibibytes = new HugePageParts(2048 * MIB, 1024 * MIB, this::take);
    gibibytes.hold(1024 * MIB, 1024 * MIB - PART);
    gibibytes.hold(0, 512 * MIB);
    assertEquals(List.of(), taken());
    gibibytes.hold(2048 * MIB - PART, PART);
    assertEquals(List.of(new Range(1024 * MIB, 1024 * MIB)), taken());
    gibibytes.close();
  }

  @Test
  void of64TebibytesAsWell() {
    long end = 64L << 40;
    try (HugePageParts large = new HugePageParts(end, HUGE, this::take)) {
      large.hold(0, HUGE);
      large.hold(end - HUGE, HUGE - PART);
      assertEquals(List.of(new Range(0, HUGE)), taken());
      large.release(0, end - HUGE);
      large.hold(0, HUGE - PART);
      assertEquals(List.of(), taken());
      large.hold(end - PART, PART);
      assertEquals(List.of(new Range(end - HUGE, HUGE)), taken());
    }
  }

  /** The reference is a set of parts: what is taken is what is whole in it among the huge pages that were named. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "20261121, 2", "3, 8"})
  void randomRangesAreTakenAsTheReferenceSays(long seed, int mib) {
    Random random = new Random(seed);
    int partsInPage = mib << 8;
    HugePageParts tested = new HugePageParts(64 * MIB, mib * MIB, this::take);
    BitSet reference = new BitSet();
    for (int round = 0; round < 5_000; round++) {
      int first = random.nextInt(16_384);
      int count = Math.min(16_384 - first, 1 + random.nextInt(1 << random.nextInt(1, 14)));
      if (random.nextInt(3) == 0) {
        reference.clear(first, first + count);
        tested.release(first * PART, count * PART);
      } else {
        reference.set(first, first + count);
        tested.hold(first * PART, count * PART);
        assertEquals(wholeIn(reference, first / partsInPage, (first + count - 1) / partsInPage, partsInPage), taken(),
            "seed " + seed + ", round " + round);
      }
    }
    tested.close();
  }

  private static List<Range> wholeIn(BitSet parts, int firstPage, int lastPage, int partsInPage) {
    List<Range> whole = new ArrayList<>();
    long pageBytes = partsInPage * PART;
    for (int page = firstPage; page <= lastPage; page++) {
      if (parts.nextClearBit(page * partsInPage) < (page + 1) * partsInPage) {
        continue;
      }
      long offset = page * pageBytes;
      if (!whole.isEmpty() && whole.getLast().offsetBytes + whole.getLast().lengthBytes == offset) {
        offset = whole.removeLast().offsetBytes;
      }
      whole.add(new Range(offset, (page + 1) * pageBytes - offset));
    }
    return whole;
  }
}
