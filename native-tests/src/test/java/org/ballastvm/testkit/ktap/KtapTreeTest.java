package org.ballastvm.testkit.ktap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which test is in which, and how it ended, whatever stands around it. */
class KtapTreeTest {
  private static String tree(String text) { return tree(Ktap.parse(text).tests(), ""); }

  private static String tree(List<KtapTest> tests, String indent) {
    return tests.stream().map(test -> indent + test.number() + " " + test.name() + " " + word(test.outcome()) + "\n"
        + tree(test.tests(), indent + "  ")).collect(Collectors.joining());
  }

  private static String word(KtapOutcome outcome) {
    return switch (outcome) {
      case KtapOutcome.Passed _ -> "passed";
      case KtapOutcome.Failed failed -> ("failed " + failed.reason()).strip();
      case KtapOutcome.Skipped skipped -> ("skipped " + skipped.reason()).strip();
      case KtapOutcome.KnownFailure known -> ("known " + known.reason()).strip();
      case KtapOutcome.Lost lost -> "lost " + lost.reason();
    };
  }

  private static KtapTest only(String text) {
    List<KtapTest> cases = Ktap.parse(text).cases().toList();
    assertEquals(1, cases.size(), cases.toString());
    return cases.getFirst();
  }

  @Test
  void threeLevelsAreRead() { assertEquals("""
      1 disk failed
        1 reads passed
          1 small passed
          2 large passed
        2 writes failed
          1 small passed
          2 large failed
          3 torn skipped no fault injection
      """, tree("""
      KTAP version 1
      1..1
        KTAP version 1
        1..2
          KTAP version 1
          1..2
          ok 1 small
          ok 2 large
        ok 1 reads
          KTAP version 1
          1..3
          # small: 4096 bytes
          ok 1 small
          # large: short by 512
          not ok 2 large
          ok 3 torn # SKIP no fault injection
        not ok 2 writes
      not ok 1 disk
      """)); }

  @Test
  void whatIsSaidBeforeAResultIsItsOwn() {
    Ktap ktap = Ktap.parse("""
        KTAP version 1
        1..2
        # first: 1
        disk 3 spins down
        ok 1 first
        # second: 2
        not ok 2 second
        # Totals: pass:1 fail:1
        """);
    assertEquals(List.of("# first: 1", "disk 3 spins down"), ktap.tests().get(0).lines());
    assertEquals(List.of("# second: 2"), ktap.tests().get(1).lines());
  }

  @Test
  void kunitBeforeKtapNamesItsSuites() { assertEquals("""
      1 lists passed
        1 empty passed
        2 full passed
      """, tree("""
      TAP version 14
      1..1
          # Subtest: lists
          1..2
          ok 1 - empty
          ok 2 - full
      ok 1 - lists
      """)); }

  @Test
  void tap14NamesWhatComesOnTheLevelAbove() { assertEquals("""
      1 lists passed
        1 empty passed
      2 maps lost no result: the output ends before it
        1 empty passed
        2 test 2 lost no result: the output ends before it
      """, tree("""
      TAP version 14
      1..2
      # Subtest: lists
          1..1
          ok 1 - empty
      ok 1 - lists
      # Subtest: maps
          1..2
          ok 1 - empty
      """)); }

  @Test
  void kselftestPutsOneTestsOutputIntoAnothers() { assertEquals("""
      1 selftests: memfd: memfd_test passed
        1 sealing passed
        2 hugetlb skipped no huge pages
      2 selftests: memory-hotplug: on-off.sh skipped
      3 selftests: memfd: run_fuse.sh failed exit=1
      """, tree("""
      TAP version 13
      1..3
      # timeout set to 45
      # selftests: memfd: memfd_test
      # TAP version 13
      # 1..2
      # ok 1 sealing
      # # a diagnostic of it
      # ok 2 hugetlb # SKIP no huge pages
      # # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0
      ok 1 selftests: memfd: memfd_test
      # selftests: memory-hotplug: on-off.sh
      # ok 1 is said by a script that announced nothing
      ok 2 selftests: memory-hotplug: on-off.sh # SKIP
      not ok 3 selftests: memfd: run_fuse.sh # exit=1
      """)); }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"ok 1 a # SKIP|skipped", "not ok 1 a # SKIP why not|skipped why not",
      "ok 1 a # skipped: lower case|skipped lower case", "not ok 1 a # TODO later|known later",
      "ok 1 a # TODO later|passed",
      "ok 1 a # XFAIL known|known known", "not ok 1 a # TIMEOUT 30 seconds|failed TIMEOUT 30 seconds",
      "not ok 1 a # ERROR no device|failed ERROR no device", "ok 1 a # rcode=0|passed",
      "not ok 1 a # MOON full|failed MOON full",
      "not ok 1 a|failed", "ok 1 - a|passed", "ok 1   a|passed"})
  void resultsAndTheirDirectives(String line, String outcome) {
    KtapTest test = only("KTAP version 1\n1..1\n" + line + "\n");
    assertEquals("a " + outcome, test.name() + " " + word(test.outcome()));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"ok 1|test 1", "ok 1 # SKIP the name|the name", "ok 1 a \\# b|a # b",
      "ok 1 a#b|a#b", "ok 1 four words stand here|four words stand here"})
  void namesOfTests(String line, String name) {
    assertEquals(name, only("TAP version 13\n1..1\n" + line + "\n").name());
  }

  @Test
  void equalNamesAreDifferentTests() {
    assertEquals("1 same passed\n2 same failed\n3 same passed\n",
        tree("KTAP version 1\n1..3\nok 1 same\nnot ok 2 same\nok 3 same\n"));
  }

  @Test
  void aTestThatPassedAroundOneThatDidNotHasFailed() {
    assertEquals("1 suite failed it says that it passed, and not all tests in it did\n  1 a failed\n",
        tree("KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  not ok 1 a\nok 1 suite\n"));
  }

  @Test
  void whatWasAnnouncedAndIsNotThereIsLostWithWhatWasSaidLast() {
    KtapTest test = Ktap.parse("""
        KTAP version 1
        1..4
        ok 1 a
        BUG: unable to handle page fault
        """).tests().get(1);
    assertEquals("tests 2 to 4", test.name());
    assertEquals("lost no result: the output ends before it", word(test.outcome()));
    assertEquals(List.of("BUG: unable to handle page fault"), test.lines());
  }

  @Test
  void aCrashWithinASuiteLosesTheSuiteAndWhatIsLeftOfAll() { assertEquals("""
      1 suite lost no result: the output ends before it
        1 a passed
        2 test 2 lost no result: the output ends before it
      2 tests 2 to 3 lost no result: the output ends before it
      """, tree("""
      KTAP version 1
      1..3
          KTAP version 1
          # Subtest: suite
          1..2
          ok 1 a
      Kernel panic - not syncing: Fatal exception
      """)); }

  @Test
  void aSuiteWithoutAResultBeforeTheNextSuiteIsLost() { assertEquals("""
      1 first lost no result: the output ends before it
        1 a passed
      2 second passed
        1 b passed
      """, tree("""
      KTAP version 1
          KTAP version 1
          # Subtest: first
          ok 1 a
          KTAP version 1
          # Subtest: second
          ok 1 b
      ok 2 second
      """)); }

  @Test
  void aRunThatBailsOutSaysWhy() {
    assertEquals("1 a passed\n2 tests 2 to 3 lost no result: the tests bailed out: no memory\n",
        tree("TAP version 13\n1..3\nok 1 a\nBail out! no memory\nok 2 b\n"));
    assertEquals("1 a passed\n2 bail out lost the tests bailed out: no memory\n",
        tree("TAP version 13\n1..1\nok 1 a\nBail out! no memory\n"));
  }

  @Test
  void aPlanOfNoneSaysWhyAndOneMayStandBehind() {
    assertEquals("1 all skipped not root\n", tree("TAP version 13\n1..0 # SKIP not root\n"));
    assertEquals("1 a passed\n2 test 2 lost no result: the output ends before it\n",
        tree("TAP version 13\nok 1 a\n1..2\n"));
  }

  @Test
  void yamlBelongsToTheResultBeforeIt() {
    Ktap ktap = Ktap.parse("TAP version 13\n1..2\nnot ok 1 a\n  ---\n  got: 3\n  ...\nok 2 b\n");
    assertEquals(List.of("---", "got: 3", "..."), ktap.tests().get(0).lines());
    assertEquals(List.of(), ktap.tests().get(1).lines());
  }

  @Test
  void twoRunsOneAfterTheOtherAreBothThere() {
    assertEquals("1 a passed\n1 b passed\n", tree("TAP version 13\n1..1\nok 1 a\nTAP version 13\n1..1\nok 1 b\n"));
  }

  @Test
  void timeStampsAndWhatCameBeforeAreDropped() { assertEquals("1 suite passed\n  1 a passed\n", tree("""
      [    0.000000] Linux version 6.1.0 ok 1 no
      [    0.412345] KTAP version 1\r
      [    0.412345] 1..1\r
      [    0.412346][    T1]     KTAP version 1
      <6>[    0.412346]     1..1
      [    0.412347]     # a: 1
      [    0.412348]     ok 1 a
      [    0.412349] ok 1 suite
      """)); }

  @Test
  void aLineOfTheKernelThatBrokeIntoOneOfAProgramIsTakenOut() {
    KtapTest test = only("""
        TAP version 13
        1..1
        ok 1 selftests: memory-hot[   12.345678] Offlined Pages 32768
        [   12.345699] Built 1 zonelists
        plug: on-off.sh # rcode=0
        """);
    assertEquals("selftests: memory-hotplug: on-off.sh", test.name());
    assertEquals(List.of("Offlined Pages 32768", "Built 1 zonelists"), test.lines());
  }

  @Test
  void aProgramThatShowsTheKernelsLogIsNotTornByIt() {
    Ktap ktap = Ktap.parse("""
        TAP version 13
        1..2
        # [   12.345678] my_driver: probe
        ok 1 a
        # the log says: [   12.345678] my_driver: remove
        not ok 2 b
        """);
    assertEquals(List.of("# [   12.345678] my_driver: probe"), ktap.tests().get(0).lines());
    assertEquals(List.of("# the log says: [   12.345678] my_driver: remove"), ktap.tests().get(1).lines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ok then, on we go", "  ok 1 deeper than announced", "ok1 a", "okay 1 a", "not okay", "1..x",
      "    not ok 7 somebody's words", "KTAP version 2"})
  void wordsThatAreNoResultsChangeNothing(String line) {
    assertEquals("1 a passed\n", tree("KTAP version 1\n1..1\n" + line + "\nok 1 a\n"));
  }

  @Test
  void numbersThatDoNotFitAreNotedAndCountAsTheyStand() {
    Ktap ktap = Ktap.parse("KTAP version 1\n1..2\nok 1 a\nok 3 c\n1..5\n");
    assertEquals(List.of("result 3, c, stands where 2 is expected",
        "a second plan, 1..5, stands where there is one already"), ktap.troubles());
    assertEquals("1 a passed\n3 c passed\n", tree("KTAP version 1\n1..2\nok 1 a\nok 3 c\n"));
  }

  @Test
  void whatAGuestCanSayIsBounded() {
    StringBuilder deep = new StringBuilder();
    for (int depth = 0; depth < 1000; depth++) {
      deep.append("  ".repeat(depth)).append("KTAP version 1\n");
    }
    assertTrue(Ktap.parse(deep.toString()).troubles().size() <= 100);
    assertEquals("1 tests 1 to 1000000 lost no result: the output ends before it\n",
        tree("KTAP version 1\n1..1000000\n"));
    assertEquals("1 a passed\n", tree("KTAP version 1\n1..999999999\nok 1 a\n"));
    String chatter = "x".repeat(10_000) + "\n";
    List<String> lines = only("KTAP version 1\n1..1\n" + chatter.repeat(1000) + "ok 1 a\n").lines();
    assertEquals(200, lines.size());
    assertEquals(2000, lines.getFirst().length());
  }

  @Test
  void everyCutOfAnOutputIsRead() {
    String text = """
        KTAP version 1
        1..2
            KTAP version 1
            # Subtest: suite
            1..2
            ok 1 a
            not ok 2 b # TIMEOUT
        not ok 1 suite
        ok 2 other # SKIP
        """;
    for (int end = "KTAP version 1\n1..2\n".length(); end < text.length() - 1; end++) {
      Ktap ktap = Ktap.parse(text.substring(0, end));
      assertEquals(2, ktap.tests().stream().mapToInt(test -> test.name().startsWith("tests") ? 2 : 1).sum(),
          "at " + end);
      assertEquals(List.of(), ktap.troubles());
    }
  }
}
