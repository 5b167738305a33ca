package org.ballastvm.testkit.ktap;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Tests of the kernel become tests of JUnit. */
class KtapNodesTest {
  private static Stream<DynamicTest> tests(Stream<? extends DynamicNode> nodes) {
    return nodes.flatMap(node -> node instanceof DynamicContainer container
        ? tests(container.getChildren())
        : Stream.of((DynamicTest) node));
  }

  private static List<DynamicTest> of(String text) { return tests(KtapNodes.of(Ktap.parse(text))).toList(); }

  @Test
  void eachCaseIsATest() {
    List<DynamicTest> tests = of("""
        KTAP version 1
        1..1
            KTAP version 1
            # Subtest: suite
            1..5
            ok 1 a
            # b: EXPECTATION FAILED at b.c:3
            not ok 2 b
            ok 3 c # SKIP no device
            not ok 4 d # TODO later
        not ok 1 suite
        """);
    assertEquals(List.of("a", "b", "c", "d", "test 5"), tests.stream().map(DynamicNode::getDisplayName).toList());
    assertDoesNotThrow(tests.get(0).getExecutable());
    AssertionFailedError failed = assertThrows(AssertionFailedError.class, tests.get(1).getExecutable());
    assertEquals("the kernel's test b failed\n# b: EXPECTATION FAILED at b.c:3", failed.getMessage());
    assertThrows(TestAbortedException.class, tests.get(2).getExecutable());
    assertThrows(TestAbortedException.class, tests.get(3).getExecutable());
    assertThrows(AssertionFailedError.class, tests.get(4).getExecutable());
  }

  @Test
  void aSuiteThatKnowsMoreThanItsCasesHasATestOfItsOwn() {
    List<DynamicTest> tests = of("KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  ok 1 a\nnot ok 1 suite # leak\n");
    assertEquals(List.of("a", "result of suite"), tests.stream().map(DynamicNode::getDisplayName).toList());
    AssertionFailedError failed = assertThrows(AssertionFailedError.class, tests.get(1).getExecutable());
    assertTrue(failed.getMessage().contains("leak"), failed.getMessage());
  }

  @Test
  void noTestsAtAllAreAFailure() {
    assertThrows(AssertionFailedError.class, of("Linux version 6.1\n").getFirst().getExecutable());
  }
}
