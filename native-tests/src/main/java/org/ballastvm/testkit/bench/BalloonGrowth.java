package org.ballastvm.testkit.bench;

import java.util.ArrayList;
import java.util.List;

/** Whether a balloon costs the same for each GiB, however many there are: most of this memory was never touched. */
final class BalloonGrowth {
  /** A huge page in 64 MiB is touched: 2 GiB of 64. */
  private static final int TOUCHED_EVERY_PAGES = 16_384;
  private static final int PAGES_PER_GIB = 262_144;

  /**
   * How long a size took.
   *
   * @param gib the balloon's size, in GiB
   * @param ascending nanoseconds of the device to inflate it
   * @param descending the same, from the last page down
   * @param deflate nanoseconds of the device to deflate it
   */
  record Result(int gib, Samples ascending, Samples descending, Samples deflate) {
    private String row() {
      return String.format("| %d | %s | %s | %s |%n", gib, perGib(ascending), perGib(descending), perGib(deflate));
    }

    private String perGib(Samples samples) {
      return String.format("%.2f (%.2f)", samples.median() / 1e6 / gib, samples.best() / 1e6 / gib);
    }
  }

  private BalloonGrowth() {}

  static List<Result> run(int runs, List<Integer> sizesGib) {
    List<Result> results = new ArrayList<>();
    for (int gib : sizesGib) {
      Result result = new Result(gib, new Samples(), new Samples(), new Samples());
      for (int i = 0; i < runs; i++) {
        measure(result);
      }
      results.add(result);
    }
    return results;
  }

  private static void measure(Result result) {
    int pageCount = result.gib * PAGES_PER_GIB;
    try (BalloonGuest guest = BalloonGuest.untouched(BalloonMemory.PRIVATE, pageCount)) {
      guest.touch(0, pageCount, TOUCHED_EVERY_PAGES);
      result.ascending.add(guest.inflateNanos(at -> at, pageCount, 1));
      result.deflate.add(guest.deflateNanos(at -> at, pageCount, 1));
      guest.touch(0, pageCount, TOUCHED_EVERY_PAGES);
      result.descending.add(guest.inflateNanos(at -> pageCount - 1 - at, pageCount, 1));
      guest.requireResident(0);
    }
  }

  static String table(List<Result> results) {
    StringBuilder table = new StringBuilder("""
        | Balloon, GiB | Inflate ascending, ms per GiB | Inflate descending, ms per GiB | Deflate, ms per GiB |
        |---:|---:|---:|---:|
        """);
    results.forEach(result -> table.append(result.row()));
    return table.toString();
  }
}
