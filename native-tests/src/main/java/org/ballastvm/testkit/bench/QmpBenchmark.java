package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The machine protocol beside QEMU's: the same client asks both the same, by turns. */
final class QmpBenchmark {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;

  /**
   * What processes did: each thing from their start on, and again when they had done it once.
   *
   * @param goFirst first questions, in one go, in nanoseconds
   * @param goAgain in one go, later, in nanoseconds
   * @param singlyFirst first questions, one by one
   * @param singlyAgain one by one, later
   */
  record Round(long goFirst, long goAgain, QmpServer.Latency singlyFirst, QmpServer.Latency singlyAgain) {}

  /**
   * Both sides.
   *
   * @param questions in each round
   * @param qemu its rounds
   * @param ballast its rounds
   */
  record Result(int questions, List<Round> qemu, List<Round> ballast) {}

  private QmpBenchmark() {}

  /** Measures both, by turns. */
  static Result run(int rounds, int questions, Path launcher, Path directory) throws IOException {
    List<String> qemu = List.of("qemu-system-x86_64", "-machine", "none", "-nodefaults", "-display", "none", "-S");
    List<String> ballast = List.of(launcher.toString(), "-nodefaults", "-S", "-m", "64");
    Result result = new Result(questions, new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i <= rounds; i++) {
      Round ofQemu = round(qemu, questions, directory);
      Round ofBallast = round(ballast, questions, directory);
      if (i > 0) { // the first makes the client warm, and brings the files into memory
        result.qemu.add(ofQemu);
        result.ballast.add(ofBallast);
      }
    }
    return result;
  }

  private static Round round(List<String> command, int questions, Path directory) throws IOException {
    Path path = directory.resolve("qmp");
    long goFirst;
    long goAgain;
    try (QmpServer server = new QmpServer(command, path)) {
      goFirst = server.inOneGo(questions);
      goAgain = server.inOneGo(questions);
    }
    try (QmpServer server = new QmpServer(command, path)) {
      return new Round(goFirst, goAgain, server.oneByOne(questions), server.oneByOne(questions));
    }
  }

  /** {@return the medians as a table in Markdown} */
  static String table(Result result) {
    StringBuilder table = new StringBuilder("| Median | QEMU | Ballast | Ballast / QEMU |\n|---|---:|---:|---:|\n");
    rate(table, "in one go, the first, per second", result, Round::goFirst);
    rate(table, "in one go, the next, per second", result, Round::goAgain);
    singly(table, "one by one, the first, ", result, Round::singlyFirst);
    singly(table, "one by one, the next, ", result, Round::singlyAgain);
    return table.toString();
  }

  private static void singly(StringBuilder table, String which, Result result,
      Function<Round, QmpServer.Latency> latency) {
    rate(table, which + "per second", result, round -> latency.apply(round).total());
    row(table, which + "p50, µs", result, round -> latency.apply(round).half() / NANOS_PER_MICRO);
    row(table, which + "p99, µs", result, round -> latency.apply(round).most() / NANOS_PER_MICRO);
  }

  private static void rate(StringBuilder table, String what, Result result, ToLongFunction<Round> nanos) {
    row(table, what, result, round -> result.questions * NANOS_PER_SECOND / nanos.applyAsLong(round));
  }

  private static void row(StringBuilder table, String what, Result result, ToDoubleFunction<Round> value) {
    double qemu = median(result.qemu, value);
    double ballast = median(result.ballast, value);
    table.append(String.format("| %s | %,.0f | %,.0f | %.2f |%n", what, qemu, ballast, ballast / qemu));
  }

  static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
    return rounds.stream().mapToDouble(value).sorted().skip(rounds.size() / 2).findFirst().orElseThrow();
  }
}
