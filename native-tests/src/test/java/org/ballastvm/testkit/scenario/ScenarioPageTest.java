package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/driver-testing.md names the classes of scenarios that there are. */
class ScenarioPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\|.*\\| `(\\w+IT)` \\|$");

  @Test
  void eachClassHasItsRow() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "driver-testing.md"));
    List<String> named = ROW.matcher(page).results().map(row -> row.group(1)).sorted().distinct().toList();
    try (Stream<Path> files = Files.list(Path.of("src/test/java/org/ballastvm/testkit/scenario"))) {
      assertEquals(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("IT.java"))
          .map(name -> name.replace(".java", "")).sorted().toList(), named);
    }
  }
}
