package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.command.SubCommands;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoCommandTest {
  @Test
  void withoutTheOptionNothingIsDrawn() {
    assertEquals(Optional.empty(), DemoCommand.svg(SubCommands.parse(new DemoCommand(), List.of())));
  }

  @Test
  void theDrawingsFileIsNamedAndNotTouchedBeforeTheEnd(@TempDir Path directory) {
    Path file = directory.resolve("memory.svg");
    assertEquals(file, DemoCommand.svg(SubCommands.parse(new DemoCommand(), List.of("--svg", file.toString())))
        .orElseThrow().path());
    assertTrue(Files.notExists(file));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"--svg /|demo --svg /: is a directory; it must be a file",
      "--svg /absent/x.svg|demo --svg /absent/x.svg: there is no directory /absent",
      "--svg|demo --svg: a value must follow: --svg FILE",
      "--png x|demo --png: there is no such option; demo --help lists what it takes"})
  void whatCannotBeDrawnIsRefusedBeforeAGuestBoots(String words, String sentence) {
    UserError error = assertThrows(UserError.class,
        () -> SubCommands.run(new DemoCommand(), List.of(words.split(" "))));
    assertEquals(sentence, error.getMessage());
  }
}
