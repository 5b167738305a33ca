package org.ballastvm.vmm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page about the command line says what becomes of the options that tools made for QEMU give; each is tried. */
class OtherToolsPageTest {
  private static final Pattern ROW = Pattern
      .compile("(?m)^\\| `(-[^`]+)` \\| (taken|taken, with a line|refused) \\| .*\\|$");

  @TempDir
  private Path directory;

  record Row(String options, String promise) {}

  static Stream<Row> rows() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "command-line.md"));
    return ROW.matcher(page).results().map((MatchResult row) -> new Row(row.group(1), row.group(2)));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatThePagePromisesIsSo(Row row) throws IOException {
    Path file = Files.writeString(directory.resolve("config"), "[name]\n  guest = \"web1\"\n");
    List<String> words = new ArrayList<>(List.of("-S"));
    words.addAll(List.of(row.options.replace("FILE", file.toString()).split(" ")));
    assertEquals(row.promise, become(words));
  }

  private static String become(List<String> words) {
    try {
      return CommandLine.parse(words).orElseThrow().notes().isEmpty() ? "taken" : "taken, with a line";
    } catch (UserError e) {
      return "refused";
    }
  }

  @Test
  void whatIsTakenSoIsOnThePage() throws IOException {
    String all = String.join(" ", rows().map(Row::options).toList());
    List<String> takenSo = new ArrayList<>(
        List.of("-accel", "-msg", "-rtc", "-boot", "-overcommit", "-no-user-config", "-bios", "-echr",
            "-readconfig", "telnet:", "seal=", "disable-legacy=", "disable-modern=", "mem-merge=", "dump-guest-core="));
    takenSo.addAll(Harmless.NOTHING_ELSE);
    Stream.of(Harmless.LACKING, Harmless.HAVING, CommandLine.ONE_EACH).flatMap(List::stream)
        .forEach(key -> takenSo.add(key + "="));
    assertEquals(List.of(), takenSo.stream().filter(word -> !all.contains(word)).toList());
    assertTrue(rows().count() > 25);
  }
}
