package org.ballastvm.vmm.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What a user types behind a sub-command's name, and what the command gets of it. */
class SubCommandsTest {
  /** Takes one of each. */
  private static final class Example implements SubCommand {
    private final boolean endsInWordsOfOthers;
    private int runs;

    Example(boolean endsInWordsOfOthers) { this.endsInWordsOfOthers = endsInWordsOfOthers; }

    @Override
    public String name() { return "example"; }

    @Override
    public String summary() { return "is 100% made up"; }

    @Override
    public void describe(CommandSpec spec) {
      spec.parser().stopAtPositional(endsInWordsOfOthers);
      spec.addOption(Arguments.flag("--fast", "in a hurry"));
      spec.addOption(Arguments.value("--size", "SIZE", "how much"));
      spec.addOption(Arguments.paths("--file", "FILE", "from where"));
      spec.addPositional(Arguments.words("WORD", List.of("red"), "which"));
    }

    @Override
    public int run(ParseResult given) { return ++runs; }
  }

  /** One that a further word may stand behind. */
  private static final class Whole implements SubCommand {
    private final Example part = new Example(false);
    private int runs;

    @Override
    public String name() { return "whole"; }

    @Override
    public String summary() { return "has a part"; }

    @Override
    public List<SubCommand> parts() { return List.of(part); }

    @Override
    public void describe(CommandSpec spec) { spec.addOption(Arguments.flag("--slow", "takes its time")); }

    @Override
    public int run(ParseResult given) { return 100 + ++runs; }
  }

  private static List<String> split(String line) { return List.of(line.split(" ")); }

  private static ParseResult parse(boolean endsInWordsOfOthers, String line) {
    return SubCommands.parse(new Example(endsInWordsOfOthers), split(line));
  }

  @Test
  void oneDashOrTwoAndAnEqualsSignMakeNoDifference() {
    ParseResult given = parse(false, "-fast --file a -size=-1 red -file=b @red");

    assertTrue(given.hasMatchedOption("--fast"));
    assertEquals("-1", given.matchedOptionValue("--size", ""));
    assertEquals(List.of(Path.of("a"), Path.of("b")), given.matchedOptionValue("--file", List.of()));
    assertEquals(List.of("red", "@red"), given.matchedPositionalValue(0, List.of()));
  }

  @Test
  void theLastOfTwoCounts() { assertEquals("2", parse(false, "--size 1 --size 2").matchedOptionValue("--size", "")); }

  @ParameterizedTest
  @CsvSource({"--size 1 ls --fast -- x, ls --fast -- x", "-- -fast, -fast", "ls -fast --help, ls -fast --help"})
  void wordsOfAnotherProgramAreLeftAsTheyAre(String line, String words) {
    ParseResult given = parse(true, line);

    assertEquals(split(words), given.matchedPositionalValue(0, List.of()));
    assertFalse(given.hasMatchedOption("--fast"));
    assertFalse(given.isUsageHelpRequested());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--slow | example --slow: there is no such option; example --help lists what it takes",
      "--fas | example --fas: there is no such option; example --help lists what it takes",
      "--size | example --size: a value must follow: --size SIZE",
      "--size --fast | example --size: a value must follow: --size SIZE"})
  void whatItDoesNotTakeIsOneSentence(String line, String sentence) {
    Example command = new Example(false);

    UserError error = assertThrows(UserError.class, () -> SubCommands.run(command, split(line)));

    assertEquals(sentence, error.getMessage());
    assertEquals(0, command.runs);
  }

  @ParameterizedTest
  @CsvSource({"--help", "-help", "-h", "--fast -h"})
  void whoAsksForHelpRunsNothing(String line) {
    Example command = new Example(false);

    assertEquals(0, SubCommands.run(command, split(line)));
    assertEquals(0, command.runs);
  }

  @Test
  void theStatusIsTheCommands() { assertEquals(1, SubCommands.run(new Example(false), split("--fast"))); }

  @Test
  void aMachineMustBeNamedToTalkToItsMonitor() {
    SubCommand monitor = SubCommands.all().stream().filter(each -> each.name().equals("monitor")).findAny()
        .orElseThrow();

    UserError error = assertThrows(UserError.class, () -> SubCommands.run(monitor, List.of()));

    assertEquals("monitor: NAME|PID|SOCKET must follow; monitor --help says more", error.getMessage());
  }

  @Test
  void aFurtherWordIsRunWithItsOwnOptions() {
    Whole whole = new Whole();

    assertEquals(1, SubCommands.run(whole, split("example -fast --size 1 -- -x")));
    assertEquals(101, SubCommands.run(whole, split("-slow")));
    assertEquals(101, 100 + whole.runs);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "example --slow | whole example --slow: there is no such option; whole example --help lists what it takes",
      "example --size | whole example --size: a value must follow: --size SIZE",
      "--slow example | whole --slow: does not go with example, whose options stand behind it",
      "sample | whole sample: there is no such word; whole --help lists what it takes"})
  void whatItDoesNotTakeIsToldWithAllItsWords(String line, String sentence) {
    UserError error = assertThrows(UserError.class, () -> SubCommands.run(new Whole(), split(line)));

    assertEquals(sentence, error.getMessage());
  }

  @Test
  void helpOfAFurtherWordRunsNeither() {
    Whole whole = new Whole();

    assertEquals(0, SubCommands.run(whole, split("example --help")));
    assertEquals(0, SubCommands.run(whole, split("--help")));
    assertEquals(0, whole.runs + whole.part.runs);
  }
}
