package org.ballastvm.virtio.balloon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageRangesTest {
  private final PageRanges pages = new PageRanges();

  private record Range(long first, long count) {}

  @Test
  void noPagesMakeNoRange() { assertEquals(List.of(), ranges()); }

  @Test
  void descendingNeighboursMakeOneRange() {
    add(IntStream.range(0, 1024).map(i -> 2047 - i).toArray());
    assertEquals(List.of(new Range(1024, 1024)), ranges());
  }

  @Test
  void aPageThatIsNamedTwiceCountsOnce() {
    add(7, 5, 7, 6, 5, 9, 9);
    assertEquals(List.of(new Range(5, 3), new Range(9, 1)), ranges());
  }

  @Test
  void runsThatFallOneBehindTheOtherComeOutRising() {
    add(41, 40, 31, 30, 20);
    assertEquals(List.of(new Range(20, 1), new Range(30, 2), new Range(40, 2)), ranges());
  }

  @Test
  void aRunInsideAnotherAddsNothing() {
    add(IntStream.rangeClosed(10, 90).toArray());
    add(200, 40, 41, 42);
    assertEquals(List.of(new Range(10, 81), new Range(200, 1)), ranges());
  }

  @Test
  void asManyAsItTakesMayBeOneRunOrNone() {
    add(IntStream.range(0, PageRanges.CAPACITY).toArray());
    assertEquals(0, pages.room());
    assertEquals(List.of(new Range(0, PageRanges.CAPACITY)), ranges());
    pages.clear();
    add(IntStream.range(0, PageRanges.CAPACITY).map(i -> -1 - 2 * (i * 5 % PageRanges.CAPACITY)).toArray());
    assertEquals(PageRanges.CAPACITY, ranges().size());
  }

  @Test
  void aLongRunIsPassedOnInPartsThatBeginWhereLargePagesDo() {
    pages.addRun(5, 10);
    pages.addRun(12, 10);
    pages.addRun(30, 2);
    List<Range> parts = new ArrayList<>();
    while (pages.hasNext()) {
      pages.passOn((first, count) -> parts.add(new Range(first, count)), 8);
    }
    assertEquals(List.of(new Range(5, 3), new Range(8, 8), new Range(16, 6), new Range(30, 2)), parts);
    assertEquals(List.of(new Range(5, 17), new Range(30, 2)), ranges());
  }

  @Test
  void theHighestNumbersAreNotNegative() {
    add(-1, 0, -2);
    assertEquals(List.of(new Range(0, 1), new Range(0xffff_fffeL, 2)), ranges());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2026, 0x5eed})
  void anyPagesMakeTheRangesThatASortedSetHas(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      NavigableSet<Long> model = new TreeSet<>();
      int spread = 1 << random.nextInt(1, 31);
      pages.clear();
      for (int i = random.nextInt(2000); i > 0; i--) {
        int page = random.nextInt(spread) << random.nextInt(2);
        add(page);
        model.add(Integer.toUnsignedLong(page));
      }
      assertEquals(rangesOf(model), ranges(), "seed " + seed + ", round " + round);
    }
  }

  @Test
  void aRunEndsWhereThePageNumbersDo() {
    add(-2, -1, 0, 2, 4, 5); // as longs, each pair seems to be two more than the one before
    assertEquals(List.of(new Range(0, 1), new Range(2, 1), new Range(4, 2), new Range(0xffff_fffeL, 2)), ranges());
    pages.clear();
    add(1, 0, -1, -3); // and here two less
    assertEquals(List.of(new Range(0, 2), new Range(0xffff_fffdL, 1), new Range(0xffff_ffffL, 1)), ranges());
  }

  @Test
  void aRunMayBeginAndEndInTheMidstOfAPair() {
    add(90, 10, 11, 12, 13, 14, 70, 69, 68, 67, 66, 40, 41);
    assertEquals(List.of(new Range(10, 5), new Range(40, 2), new Range(66, 5), new Range(90, 1)), ranges());
  }

  /** So many that each 64 pages have one: they are put in order by bits. */
  @ParameterizedTest
  @ValueSource(longs = {2, 2028})
  void closeRunsMakeTheRangesThatASortedSetHas(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      NavigableSet<Long> model = new TreeSet<>();
      pages.clear();
      long lowest = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << 32);
      int runs = random.nextInt(20, 500);
      int spread = random.nextInt(64, 70 * runs);
      for (int i = 0; i < runs; i++) {
        long first = lowest + random.nextInt(spread);
        int count = 1 + random.nextInt(1 << random.nextInt(8));
        pages.addRun(first, count);
        LongStream.range(first, first + count).forEach(model::add);
      }
      assertEquals(rangesOf(model), ranges(), "seed " + seed + ", round " + round);
    }
  }

  @Test
  void neighboursOfMorePagesThanARunCanHaveMakeOneRange() {
    int runs = 1 << 16;
    PageRanges many = new PageRanges(runs);
    IntStream.range(0, runs).forEach(i -> many.addRun(7L + (i * 5 & runs - 1) * 64L, 64));
    List<Range> ranges = new ArrayList<>();
    many.forEach((first, count) -> ranges.add(new Range(first, count)));
    assertEquals(List.of(new Range(7, 64L * runs)), ranges);
  }

  /** What drivers name: runs up and down of any length, between single pages, some at either end of the numbers. */
  @ParameterizedTest
  @ValueSource(longs = {4, 2027, 0xba11})
  void runsInAnyOrderMakeTheRangesThatASortedSetHas(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      NavigableSet<Long> model = new TreeSet<>();
      pages.clear();
      int spread = 1 << random.nextInt(4, 32);
      for (int list = random.nextInt(1, 6); list > 0; list--) {
        int[] numbers = list(random, spread);
        add(numbers);
        IntStream.of(numbers).mapToObj(Integer::toUnsignedLong).forEach(model::add);
      }
      assertEquals(rangesOf(model), ranges(), "seed " + seed + ", round " + round);
    }
  }

  private static int[] list(Random random, int spread) {
    int[] numbers = new int[random.nextInt(1, 800)];
    for (int i = 0; i < numbers.length;) {
      int step = random.nextInt(-1, 2);
      int page = random.nextInt(10) == 0 ? random.nextInt(-9, 9) : random.nextInt() & spread - 1;
      for (int run = random.nextInt(1, 100); run > 0 && i < numbers.length; run--) {
        numbers[i++] = page;
        page += step;
      }
    }
    return numbers;
  }

  /** As a driver writes them: two to a long, and behind an odd one what was there before. */
  private void add(int... numbers) {
    long[] pairs = new long[numbers.length / 2 + 1];
    Arrays.fill(pairs, 0x0bad_0bad_0bad_0badL);
    for (int i = 0; i < numbers.length; i++) {
      int shift = Integer.SIZE * (i & 1);
      pairs[i / 2] = pairs[i / 2] & ~(0xffff_ffffL << shift) | Integer.toUnsignedLong(numbers[i]) << shift;
    }
    pages.add(pairs, numbers.length);
  }

  private List<Range> ranges() {
    List<Range> ranges = new ArrayList<>();
    pages.forEach((first, count) -> ranges.add(new Range(first, count)));
    return ranges;
  }

  private static List<Range> rangesOf(NavigableSet<Long> model) {
    List<Range> ranges = new ArrayList<>();
    while (!model.isEmpty()) {
      long first = model.pollFirst();
      long next = first + 1;
      while (model.remove(next)) {
        next++;
      }
      ranges.add(new Range(first, next - first));
    }
    return ranges;
  }
}
