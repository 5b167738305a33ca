package org.ballastvm.testkit.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jdk.jfr.Recording;
import org.ballastvm.virtio.balloon.BalloonTrace;
import org.ballastvm.vmm.trace.BalloonTracer;

/** What it costs to watch a balloon: while nobody looks, and while a flight recording takes all that is recorded. */
final class BalloonTracing {
  /** 128 MiB: in random order, an event for the recording for nearly each page. */
  static final int PAGES = 1 << 15;

  /**
   * How long one order of pages took, in nanoseconds.
   *
   * @param order in which the guest named its pages
   * @param without anybody to watch the balloon
   * @param off watched, without a recording, as machines are
   * @param on watched, with a recording that takes everything
   */
  record Result(PageOrder order, Samples without, Samples off, Samples on) {
    private String row() {
      return String.format("| %s | %s | %s | %.2f | %s |%n", order.title(), millis(without), millis(off),
          (double) off.best() / without.best(), millis(on));
    }

    private static String millis(Samples samples) {
      return String.format("%,.2f (%,.2f)", samples.median() / 1e6, samples.best() / 1e6);
    }
  }

  private BalloonTracing() {}

  /** Measures ordered and random pages, so many times each, by turns. */
  static List<Result> run(int runs) {
    List<Result> results = new ArrayList<>();
    for (PageOrder order : List.of(PageOrder.ASCENDING, PageOrder.RANDOM)) {
      Result result = new Result(order, new Samples(), new Samples(), new Samples());
      for (int i = 0; i < runs; i++) {
        result.without.add(nanos(order, BalloonTrace.NONE));
        result.off.add(nanos(order, new BalloonTracer(Optional.empty())));
        try (Recording recording = new Recording()) {
          recording.start();
          result.on.add(nanos(order, new BalloonTracer(Optional.empty())));
        }
      }
      results.add(result);
    }
    return results;
  }

  private static long nanos(PageOrder order, BalloonTrace trace) {
    int[] pages = order.pages(PAGES);
    try (BalloonGuest guest = BalloonGuest.full(BalloonMemory.PRIVATE, PAGES)) {
      guest.watch(trace);
      return guest.inflateNanos(at -> pages[at], PAGES, order.chainsAtOnce());
    }
  }

  static String table(List<Result> results) {
    StringBuilder table = new StringBuilder("""
        | Pages named | Not watched, ms | Watched, no recording, ms | Ratio of the best | Recording, ms |
        |---|---:|---:|---:|---:|
        """);
    results.forEach(result -> table.append(result.row()));
    return table.toString();
  }
}
