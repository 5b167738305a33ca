package org.ballastvm.testkit.ktap;

import java.util.List;
import java.util.stream.Stream;

/**
 * A test of the kernel, and those that are in it.
 *
 * @param number  as it stands in the output; the first is 1
 * @param name    its description; {@code test 3} if it has none
 * @param outcome how it ended. One that says it passed, and has a test in it that did not, has failed
 * @param tests   those in it, in their order; several may have the same name
 * @param lines   what was said before its result: diagnostics, and what else came meanwhile; the last 200 lines
 */
public record KtapTest(int number, String name, KtapOutcome outcome, List<KtapTest> tests, List<String> lines) {
  public KtapTest {
    tests = List.copyOf(tests);
    lines = List.copyOf(lines);
  }

  /** {@return the tests in it that have none in them, or itself} */
  public Stream<KtapTest> cases() {
    return tests.isEmpty() ? Stream.of(this) : tests.stream().flatMap(KtapTest::cases);
  }
}
