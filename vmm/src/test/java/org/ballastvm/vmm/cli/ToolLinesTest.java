package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.BootConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All that kunit.py of two series, and virtme-ng 1.41 for what it has, give to QEMU, one word a line, is taken. */
class ToolLinesTest {
  private static final Path LINES = Path.of("src", "test", "resources", "tools");

  @TempDir
  private Path directory;

  static List<Path> lines() throws IOException {
    try (Stream<Path> files = Files.list(LINES)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aToolsLineIsTaken(Path line) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    List<String> words = Files.readAllLines(line).stream().map(word -> word.replace("FILE", file.toString())).toList();
    CommandLine parsed = CommandLine.parse(words).orElseThrow();
    BootConfig boot = parsed.config().boot();
    assertTrue(boot.toString().contains(words.get(words.indexOf("-append") + 1)), boot.toString());
    assertEquals(words.contains("-bios") ? 1 : 0, parsed.notes().size(), parsed.notes().toString());
  }
}
