package org.ballastvm.testkit.ktap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the tests of a Linux 6.1.192 said that {@code kunit.py} had built for x86_64. Of the same output {@code kunit.py parse}
 * says: "Ran 226 tests: passed: 210, skipped: 16".
 */
class KunitOutputTest {
  private Ktap ktap;

  @BeforeEach
  void read() throws IOException {
    ktap = Ktap.parse(Files.readString(Path.of("src", "test", "resources", "ktap", "kunit-6.1")));
  }

  @Test
  void theCountsAreThoseOfKunitsOwnReader() {
    assertEquals(Map.of("Passed", 210L, "Skipped", 16L), ktap.cases()
        .collect(Collectors.groupingBy(test -> test.outcome().getClass().getSimpleName(), Collectors.counting())));
    assertEquals(28, ktap.tests().size());
    assertEquals(List.of(), ktap.troubles());
  }

  @Test
  void whatWasSkippedSaysWhyAndWhatWasSaidStandsWithItsTest() {
    KtapTest example = ktap.tests().stream().filter(test -> test.name().equals("example")).findFirst().orElseThrow();
    assertEquals(List.of("example_simple_test", "example_skip_test", "example_mark_skipped_test",
        "example_all_expect_macros_test"), example.tests().stream().map(KtapTest::name).toList());
    assertEquals(new KtapOutcome.Passed(), example.outcome());
    KtapTest skipped = example.tests().get(1);
    assertEquals(new KtapOutcome.Skipped("this test should be skipped"), skipped.outcome());
    assertEquals(List.of("# example_skip_test: initializing"), skipped.lines().subList(0, 1));
  }
}
