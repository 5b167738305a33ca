package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Round trips between a guest and its VMM, in Java and in C by turns. */
final class ExitBenchmark {
  /**
   * How often per second.
   *
   * @param loop what was repeated
   * @param java median of the Java side
   * @param c median of the C side
   * @param bestRatio the best of the Java side as a share of the best of the C side
   */
  record Rate(GuestLoop loop, double java, double c, double bestRatio) {
    /** {@return the Java side's median as a share of the C side's} */
    double ratio() { return java / c; }
  }

  private ExitBenchmark() {}

  /** Measures each loop {@code runs} times on both sides, {@code count} rounds each. */
  static List<Rate> run(List<GuestLoop> loops, int runs, int count, Path directory) throws IOException {
    CProgram program = CProgram.compile("exits", directory);
    List<Rate> rates = new ArrayList<>();
    for (GuestLoop loop : loops) {
      Path image = writeImage(loop, directory);
      Samples java = new Samples();
      Samples c = new Samples();
      for (int i = 0; i < runs; i++) {
        java.add(ExitRounds.nanos(loop, count));
        c.add(program.nanos(image, loop, count));
      }
      rates.add(new Rate(loop, count * 1e9 / java.median(), count * 1e9 / c.median(),
          (double) c.best() / java.best()));
    }
    return rates;
  }

  static String table(List<Rate> rates) {
    StringBuilder table = new StringBuilder("""
        | Round | Java, per second | C, per second | Java / C | Best Java / best C |
        |---|---:|---:|---:|---:|
        """);
    for (Rate rate : rates) {
      table.append(String.format("| %s | %,.0f | %,.0f | %.2f | %.2f |%n", rate.loop.title(), rate.java, rate.c,
          rate.ratio(), rate.bestRatio));
    }
    return table.toString();
  }

  private static Path writeImage(GuestLoop loop, Path directory) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(GuestLoop.MEMORY_BYTES, 8);
      loop.load(memory);
      return Files.write(directory.resolve(loop.name()), memory.toArray(ValueLayout.JAVA_BYTE));
    }
  }
}
