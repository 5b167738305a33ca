package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about the command line has each option once, as help has it, in the same order. */
class CommandLinePageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(-[A-Za-z_-]+(?: [^`]+)?)` \\| .* \\|$");

  @Test
  void thePageListsTheOptionsThatHelpLists() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "command-line.md"));
    String options = page.substring(page.indexOf("\n## Options\n"), page.indexOf("\n## Options of other tools\n"));
    List<String> promised = ROW.matcher(options).results().map((MatchResult row) -> row.group(1).replace("\\|", "|"))
        .toList();
    List<String> there = Option.ALL.stream().map(option -> (option.name() + " " + option.label()).strip()).toList();
    assertEquals(String.join("\n", there), String.join("\n", promised));
  }
}
