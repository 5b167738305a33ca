package org.ballastvm.testkit.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.command.SubCommands;
import org.junit.jupiter.api.Test;

/** docs/command-line.md has a row for each sub-command, and no other. */
class SubCommandsPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `ballast ([a-z]+)[^`]*` \\|");

  @Test
  void thePageListsTheSubCommandsThatThereAre() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "command-line.md"));
    List<String> there = SubCommands.all().stream().map(SubCommand::name).sorted().toList();
    List<String> listed = ROW.matcher(page).results().map(row -> row.group(1)).distinct().sorted().toList();
    assertEquals(there, listed);
  }
}
