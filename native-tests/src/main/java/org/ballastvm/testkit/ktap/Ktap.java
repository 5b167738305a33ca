package org.ballastvm.testkit.ktap;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel's tests said.
 *
 * <p>
 * Read are KTAP version 1 as the kernel's document {@code dev-tools/ktap} has it, TAP 13 and 14, the {@code # Subtest:} lines of KUnit
 * before KTAP, and kselftest's way to put one test's output into another's behind {@code "# "}. Time stamps of the kernel
 * are dropped, and a line of the kernel's that broke into one of a program's is taken out of it. The output may be cut
 * anywhere: what was announced and did not come is {@link KtapOutcome.Lost}.
 *
 * @param tests    in their order
 * @param troubles what in the output is not as it should be, a sentence each; no result hangs on it
 */
public record Ktap(List<KtapTest> tests, List<String> troubles) {
  public Ktap {
    tests = List.copyOf(tests);
    troubles = List.copyOf(troubles);
  }

  /**
   * Reads output. What stands before the first version or plan is not looked at.
   *
   * @param text lines, as a console or a program gave them
   */
  public static Ktap parse(String text) {
    KtapParser parser = new KtapParser();
    ConsoleLines.of(text).forEach(parser::accept);
    parser.finish();
    return new Ktap(parser.tests(), parser.troubles());
  }

  /** {@return all tests that have none in them} */
  public Stream<KtapTest> cases() {
    return tests.stream().flatMap(KtapTest::cases);
  }
}
