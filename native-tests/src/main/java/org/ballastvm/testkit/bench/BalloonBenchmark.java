package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ballastvm.vmm.config.ByteSize;

/** An inflated balloon: the device with its queue and its memory, beside the bare calls that the host needs for it. */
final class BalloonBenchmark {
  static final String HEADING = """
      | Memory | Pages named | Calls per GiB | Device in Java, GiB/s | The same calls in C, GiB/s | Time, Java / C \
      | One call a page in C, GiB/s |
      |---|---|---:|---:|---:|---:|---:|
      """;
  static final String PAYLOAD_HEADING = """
      | Pages named | From the guest's first list to its last interrupt, GiB/s | Of one list, µs |
      |---|---:|---:|
      """;
  static final String FIRST_LISTS_HEADING = """
      | Lists of 256 pages in this process | Device in Java, µs each |
      |---|---:|
      """;
  private static final List<Integer> FIRST_LISTS = List.of(512, 1024, 2048, 4096, 8192, 16_384, 32_768);
  /** What lists come through is compiled after some three thousand, and the way to the host, by one in 16, with the last of these. */
  private static final int LISTS_TO_COMPILE = 8192;
  private static final int ROUNDS_TO_COMPILE = 16;
  /** Random pages make a call each, and what is not a call is compiled by then. */
  private static final int RANDOM_LISTS_TO_COMPILE = 512;
  private static final double GIB = 1L << 30;
  private static final int PAGES_IN_ALL_ORDERS = 16 * BalloonPages.PER_CHAIN;

  /**
   * How long one order of pages took in one kind of memory.
   *
   * @param memory what the guest's memory was made of
   * @param order in which the guest named its pages
   * @param pageCount how many
   * @param calls how many system calls the device made
   * @param java nanoseconds of the device, from doorbells to used chains
   * @param c nanoseconds of the same calls, bare
   * @param pageByPage nanoseconds of a call for each of the host's pages, bare, in the order in which the guest named them:
   *        a huge page with the last of its parts
   */
  record Result(BalloonMemory memory, PageOrder order, int pageCount, long calls, Samples java, Samples c,
      Samples pageByPage) {
    private double gibPerSecond(long nanos) { return ((long) pageCount << BalloonPages.SHIFT) / GIB / (nanos / 1e9); }

    private String rates(Samples samples) {
      return String.format("%,.1f (%,.1f)", gibPerSecond(samples.median()), gibPerSecond(samples.best()));
    }

    double callsPerGib() { return calls * GIB / ((long) pageCount << BalloonPages.SHIFT); }

    String row() {
      return String.format("| %s | %s | %,.0f | %s | %s | %.2f (%.2f) | %s |%n", memory.title(), order.title(),
          callsPerGib(), rates(java), rates(c), (double) java.median() / c.median(),
          (double) java.best() / c.best(), rates(pageByPage));
    }
  }

  private final int runs;
  private final Path directory;
  private final CProgram program;

  BalloonBenchmark(int runs, Path directory) throws IOException {
    this.runs = runs;
    this.directory = directory;
    this.program = CProgram.compile("discard", directory);
  }

  /**
   * How many pages of such memory there can be.
   *
   * @param asked pages
   * @return as many, or what there is room for, in whole chains of each order; 0 for none
   */
  static int affordable(BalloonMemory memory, int asked) throws IOException {
    long room = HostRoom.ask().roomFor(memory) - BalloonPages.guestBytes(0) >> BalloonPages.SHIFT;
    return (int) Math.max(0, Math.min(asked, room)) / PAGES_IN_ALL_ORDERS * PAGES_IN_ALL_ORDERS;
  }

  /** Measures each order in one kind of memory, by turns with C, and prints each as soon as it is known. */
  void print(BalloonMemory memory, int askedPages) throws IOException {
    int pageCount = affordable(memory, askedPages);
    if (pageCount == 0) {
      System.out
          .println("| " + memory.title() + " | left out: the host has no room for " + mebibytes(askedPages) + " |");
      return;
    }
    if (pageCount < askedPages) {
      System.out
          .println("| " + memory.title() + " | only " + mebibytes(pageCount) + ": the host has no room for more |");
    }
    for (PageOrder order : PageOrder.values()) {
      warmUp(order, memory);
      System.out.print(run(order, memory, pageCount).row());
    }
  }

  /** Has the JVM compile what there is to compile, in memory of which the host has nothing. */
  private static void warmUp(PageOrder order, BalloonMemory memory) {
    boolean isRandom = order == PageOrder.RANDOM;
    int[] pages = order.pages((isRandom ? RANDOM_LISTS_TO_COMPILE : LISTS_TO_COMPILE) * BalloonPages.PER_CHAIN);
    try (BalloonGuest guest = BalloonGuest.untouched(memory, pages.length)) {
      for (int round = 0; round < (isRandom ? 1 : ROUNDS_TO_COMPILE); round++) {
        guest.inflateNanos(at -> pages[at], pages.length, order.chainsAtOnce());
      }
    }
  }

  /** How long lists take that are the first in their process, in memory of which the host has nothing. */
  static void printFirstLists() {
    int lists = FIRST_LISTS.getLast();
    try (BalloonGuest guest = BalloonGuest.untouched(BalloonMemory.PRIVATE, lists * BalloonPages.PER_CHAIN)) {
      int done = 0;
      for (int upTo : FIRST_LISTS) {
        int from = done * BalloonPages.PER_CHAIN;
        long nanos = guest.inflateNanos(at -> from + at, (upTo - done) * BalloonPages.PER_CHAIN, 1);
        System.out.printf("| %,d to %,d | %.2f |%n", done + 1, upTo, nanos / 1e3 / (upTo - done));
        done = upTo;
      }
    }
  }

  private static String mebibytes(int pageCount) { return ByteSize.describe((long) pageCount << BalloonPages.SHIFT); }

  Result run(PageOrder order, BalloonMemory memory, int pageCount) throws IOException {
    int[] pages = order.pages(pageCount);
    Path files = Files.createTempDirectory(directory, "ranges");
    RangeFile each = writeEach(files, pages, memory);
    RangeFile merged = writeMerged(files, order, pages, memory);
    Samples java = new Samples();
    Samples c = new Samples();
    Samples pageByPage = new Samples();
    long bytes = BalloonPages.guestBytes(pageCount);
    long calls = 0;
    for (int i = 0; i < runs; i++) {
      try (BalloonGuest guest = BalloonGuest.full(memory, pageCount)) {
        java.add(guest.inflateNanos(at -> pages[at], pageCount, order.chainsAtOnce()));
        calls = guest.discards() * memory.callsPerRange();
        guest.requireResident(0);
      }
      c.add(program.nanos(memory, bytes, merged.path()));
      if (i == 0 || memory == BalloonMemory.HUGETLB) { // Small pages take a second.
        pageByPage.add(program.nanos(memory, bytes, each.path()));
      }
    }
    Files.delete(each.path());
    return new Result(memory, order, pageCount, calls, java, c, pageByPage);
  }

  /** Names the pages to the host one by one. */
  private static RangeFile writeEach(Path files, int[] pages, BalloonMemory memory) throws IOException {
    Path directory = Files.createDirectory(files.resolve("each"));
    try (HostCalls calls = new HostCalls(directory, memory, BalloonPages.guestBytes(pages.length), gpa -> gpa)) {
      for (int page : pages) {
        calls.discard((long) BalloonPages.FIRST + page << BalloonPages.SHIFT, 1 << BalloonPages.SHIFT);
      }
      return calls.ranges();
    }
  }

  /** Has the device make ranges of the pages, and nobody take them. */
  private static RangeFile writeMerged(Path files, PageOrder order, int[] pages, BalloonMemory memory)
      throws IOException {
    long bytes = BalloonPages.guestBytes(pages.length);
    try (HostCalls calls = new HostCalls(files, memory, bytes, BalloonPages::offset);
        BalloonGuest guest = new BalloonGuest(BalloonMemory.PRIVATE.config(bytes, false), Optional.of(calls))) {
      guest.inflateNanos(at -> pages[at], pages.length, order.chainsAtOnce());
      return calls.ranges();
    }
  }

  /** Has a driver inside a guest inflate the balloon, a chain for each doorbell. */
  String payloadRow(PageOrder order, int askedPages) throws IOException {
    int pageCount = affordable(BalloonMemory.PRIVATE, askedPages);
    if (pageCount == 0) {
      return "| " + order.title() + " | left out: the host has no room |\n";
    }
    int[] pages = order.pages(pageCount);
    Samples samples = new Samples();
    for (int i = 0; i < runs; i++) {
      try (BalloonGuest guest = BalloonGuest.full(BalloonMemory.PRIVATE, pageCount);
          BalloonPayload payload = new BalloonPayload(guest)) {
        samples.add(payload.inflateNanos(pages));
        guest.requireResident(0);
      }
    }
    double gib = ((long) pageCount << BalloonPages.SHIFT) / GIB;
    double chains = (double) pageCount / BalloonPages.PER_CHAIN;
    return String.format("| %s | %,.1f (%,.1f) | %.1f (%.1f) |%n",
        order.name().toLowerCase(Locale.ROOT).replace('_', ' '), gib / samples.median() * 1e9,
        gib / samples.best() * 1e9, samples.median() / chains / 1e3, samples.best() / chains / 1e3);
  }
}
