package org.ballastvm.testkit.ktap;

import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/** Tests of the kernel as tests of JUnit: one for each that has none in it, and a container for each that has. */
public final class KtapNodes {
  private KtapNodes() {}

  /**
   * Makes them, for a method with {@code @TestFactory}. Tests that failed or gave no result fail, with what they said; those
   * that were skipped, or failed as expected, are aborted. No tests at all are a failure.
   */
  public static Stream<DynamicNode> of(Ktap ktap) {
    if (ktap.tests().isEmpty()) {
      return Stream.of(DynamicTest.dynamicTest("tests", () -> Assertions.fail("the output holds no tests")));
    }
    return ktap.tests().stream().map(KtapNodes::of);
  }

  private static DynamicNode of(KtapTest test) {
    if (test.tests().isEmpty()) {
      return DynamicTest.dynamicTest(test.name(), () -> judge(test));
    }
    Stream<DynamicNode> inner = test.tests().stream().map(KtapNodes::of);
    // Its own result is told by those in it, unless it knows more.
    boolean own = test.outcome().isBad() && test.tests().stream().noneMatch(each -> each.outcome().isBad());
    return DynamicContainer.dynamicContainer(test.name(), own
        ? Stream.concat(inner, Stream.of(DynamicTest.dynamicTest("result of " + test.name(), () -> judge(test))))
        : inner);
  }

  private static void judge(KtapTest test) {
    switch (test.outcome()) {
      case KtapOutcome.Passed _ -> {
      }
      case KtapOutcome.Failed failed -> Assertions.fail(message(test, failed.reason()));
      case KtapOutcome.Lost lost -> Assertions.fail(message(test, lost.reason()));
      case KtapOutcome.Skipped skipped -> Assumptions.abort("skipped: " + skipped.reason());
      case KtapOutcome.KnownFailure known -> Assumptions.abort("fails, as it is expected to: " + known.reason());
    }
  }

  private static String message(KtapTest test, String reason) {
    return "the kernel's test " + test.name() + " failed" + (reason.isEmpty() ? "" : ": " + reason)
        + (test.lines().isEmpty() ? "" : "\n" + String.join("\n", test.lines()));
  }
}
