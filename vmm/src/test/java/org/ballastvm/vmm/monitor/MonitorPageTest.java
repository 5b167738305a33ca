package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page about the monitor has each command once, as help has it, in the same order. */
class MonitorPageTest {
  private static final Pattern ROW = Pattern
      .compile("\\| `([a-z0-9_-]+(?: [^`]+)?)` \\| (?:`([a-z?])` )?\\| [a-z].* \\|");

  @Test
  void thePageListsTheCommandsThatHelpLists() throws IOException {
    List<String> promised = new ArrayList<>();
    String page = Files.readString(Path.of("..", "docs", "monitor.md"));
    for (String line : page.substring(page.indexOf("\n## Commands\n")).lines().toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        promised.add(row.group(1).replace("\\|", "|") + (row.group(2) == null ? "" : " or " + row.group(2)));
      }
    }
    List<String> there = new ArrayList<>();
    for (Command command : Commands.ALL.commands()) {
      there.add(usage("", command));
      if (command instanceof InfoCommand) {
        InfoCommand.TOPICS.commands().forEach(topic -> there.add(usage("info ", topic)));
      }
    }
    assertEquals(String.join("\n", there), String.join("\n", promised));
  }

  private static String usage(String prefix, Command command) {
    List<String> names = command.names();
    return prefix + (names.getFirst() + " " + command.parameters()).strip()
        + (names.size() > 1 ? " or " + names.getLast() : "");
  }
}
