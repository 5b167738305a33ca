package org.ballastvm.testkit.bisect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.KernelSource;
import org.ballastvm.testkit.ktap.KtapOutcome;
import org.junit.jupiter.api.Test;

/** docs/driver-testing.md says what there is. */
class DriverTestingPageTest {
  private static List<String> found(String pattern) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "driver-testing.md"));
    return Pattern.compile("(?m)" + pattern).matcher(page).results().map(match -> match.group(1)).sorted().distinct()
        .toList();
  }

  @Test
  void theStatusesOfABisection() throws IOException {
    assertEquals(Stream.of(new Step.Good(), new Step.Bad(""), new Step.Skip(""), new Step.Stop(""))
        .map(step -> step.exitStatus() + " " + step.sentence().substring(0, step.sentence().indexOf(':'))).sorted()
        .toList(),
        found("^\\| (\\d+ \\| \\w+):").stream().map(row -> row.replace(" |", "")).toList());
  }

  @Test
  void theOutcomesOfAKernelsTest() throws IOException {
    assertEquals(Stream.of(KtapOutcome.class.getPermittedSubclasses()).map(Class::getSimpleName).sorted().toList(),
        found("^\\| `([A-Z][A-Za-z]+)` \\|"));
  }

  @Test
  void theKernelsOfDebian() throws IOException {
    List<String> words = found("[`\"](debian:[^`\"]+)[`\"]");
    assertTrue(words.size() >= 3, words.toString());
    words.forEach(word -> assertEquals(word, KernelSource.parse(word).word()));
  }
}
