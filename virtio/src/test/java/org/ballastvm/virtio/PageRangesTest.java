package org.ballastvm.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageRangesTest {
  private final PageRanges pages = new PageRanges(4);

  private record Range(long first, long count) {}

  @Test
  void noPagesMakeNoRange() { assertEquals(List.of(), ranges()); }

  @Test
  void descendingNeighboursMakeOneRange() {
    for (int page = 2047; page >= 1024; page--) {
      pages.add(page);
    }
    assertEquals(List.of(new Range(1024, 1024)), ranges());
  }

  @Test
  void aPageThatIsNamedTwiceCountsOnce() {
    for (int page : new int[]{7, 5, 7, 6, 5, 9, 9}) {
      pages.add(page);
    }
    assertEquals(List.of(new Range(5, 3), new Range(9, 1)), ranges());
  }

  @Test
  void theHighestNumbersAreNotNegative() {
    pages.add(-1);
    pages.add(0);
    pages.add(-2);
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
        pages.add(page);
        model.add(Integer.toUnsignedLong(page));
      }
      assertEquals(rangesOf(model), ranges(), "seed " + seed + ", round " + round);
    }
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
