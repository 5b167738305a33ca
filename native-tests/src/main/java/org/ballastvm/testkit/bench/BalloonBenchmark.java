package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An inflated balloon: the device with its queue and its memory, beside the bare calls that the host needs for it. */
final class BalloonBenchmark {
  private static final int PAGE_BYTES = 4096;
  private static final int RANGE_BYTES = 16;

  /**
   * How long one order of pages took.
   *
   * @param order in which the guest named its pages
   * @param calls how many ranges the host was asked to take
   * @param java nanoseconds of the device, from the doorbell to the last used chain
   * @param c nanoseconds of the same calls, bare
   * @param pageByPage nanoseconds of a call for each page, bare, in the order in which the guest named them
   */
  record Result(PageOrder order, int calls, Samples java, Samples c, Samples pageByPage) {}

  private BalloonBenchmark() {}

  /** Measures each order {@code runs} times, with a balloon of {@code pageCount} pages. */
  static List<Result> run(int runs, int pageCount, Path directory) throws IOException {
    CProgram program = CProgram.compile("discard", directory);
    List<Result> results = new ArrayList<>();
    for (PageOrder order : PageOrder.values()) {
      int[] pages = order.pages(BalloonGuest.FIRST_PAGE, pageCount);
      Path each = directory.resolve("each-" + order);
      writeRanges(each, pages);
      Path merged = directory.resolve("merged-" + order);
      Samples java = new Samples();
      Samples c = new Samples();
      Samples pageByPage = new Samples();
      int calls = 0;
      for (int i = 0; i < runs; i++) {
        try (BalloonGuest guest = new BalloonGuest(pageCount)) {
          java.add(guest.inflateNanos(pages, order.chainsAtOnce()));
          calls = guest.writeCalls(merged);
          guest.requireGone();
        }
        long bytes = (BalloonGuest.FIRST_PAGE + pageCount) * (long) PAGE_BYTES;
        c.add(program.nanos(bytes, merged));
        pageByPage.add(program.nanos(bytes, each));
      }
      results.add(new Result(order, calls, java, c, pageByPage));
    }
    return results;
  }

  static String table(List<Result> results) {
    StringBuilder table = new StringBuilder("""
        | Pages named | Calls to the host | Device in Java, ms (best) | The same calls in C, ms (best) \
        | One call a page in C, ms (best) |
        |---|---:|---:|---:|---:|
        """);
    for (Result result : results) {
      table.append(String.format("| %s | %,d | %s | %s | %s |%n", result.order.title(), result.calls,
          millis(result.java), millis(result.c), millis(result.pageByPage)));
    }
    return table.toString();
  }

  private static String millis(Samples samples) {
    return String.format("%.1f (%.1f)", samples.median() / 1e6, samples.best() / 1e6);
  }

  private static void writeRanges(Path file, int[] pages) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(pages.length * RANGE_BYTES).order(ByteOrder.nativeOrder());
    for (int page : pages) {
      bytes.putLong(page * (long) PAGE_BYTES).putLong(PAGE_BYTES);
    }
    Files.write(file, bytes.array());
  }
}
