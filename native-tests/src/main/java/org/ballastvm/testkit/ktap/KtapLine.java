package org.ballastvm.testkit.ktap;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line, as it is by itself: what stands in front of it, and what it says. */
sealed interface KtapLine {
  /** More tests than anybody announces; a larger plan is a mistake, and not believed. */
  int MOST_TESTS = 1 << 20;

  /** Spaces and {@code "# "}: how deep the line is. */
  String prefix();

  /** Reads a line. */
  static KtapLine of(String line) { return Reader.read(line); }

  /**
   * The first line of a level.
   *
   * @param plain whether it is TAP, where a result need not have a number
   */
  record Version(String prefix, boolean plain) implements KtapLine {}

  /**
   * How many tests there are.
   *
   * @param count 0 and more
   * @param skip  why none of them ran, if they do not
   */
  record Plan(String prefix, int count, Optional<String> skip) implements KtapLine {}

  /** The name of the test whose tests follow, as KUnit and TAP 14 say it. */
  record Subtest(String prefix, String name) implements KtapLine {}

  /**
   * A result.
   *
   * @param number 0 if it has none
   * @param name   empty if it has none
   */
  record Result(String prefix, int number, String name, KtapOutcome outcome) implements KtapLine {}

  /** The whole run ends. */
  record BailOut(String prefix, String reason) implements KtapLine {}

  /** Anything else. */
  record Other(String prefix, String text) implements KtapLine {}

  /** The grammar. */
  final class Reader {
    private static final Pattern PREFIX = Pattern.compile("(?:  ?|# |\t)*");
    private static final Pattern VERSION = Pattern.compile("(?:KTAP version 1|TAP version 1[34])\\s*");
    private static final Pattern PLAN = Pattern.compile("1\\.\\.(\\d{1,9})\\s*(?:#\\s*(?i:SKIP\\S*)\\s*(.*))?");
    private static final Pattern SUBTEST = Pattern.compile("(?:# )?Subtest: (.+)");
    private static final Pattern RESULT = Pattern.compile("(ok|not ok)(?:\\s+(\\d{1,9}))?(?:\\s+(?:- )?(.*))?");
    private static final Pattern DIRECTIVE = Pattern.compile("(?i)(SKIP|TODO|XFAIL)\\S*\\s*(.*)");
    private static final Pattern HASH = Pattern.compile("(?:\\s|^)#");

    private Reader() {}

    static KtapLine read(String line) {
      Matcher front = PREFIX.matcher(line);
      front.lookingAt();
      String prefix = front.group();
      String text = line.substring(front.end());
      if (VERSION.matcher(text).matches()) {
        return new Version(prefix, text.startsWith("TAP"));
      }
      Matcher plan = PLAN.matcher(text);
      if (plan.matches() && Integer.parseInt(plan.group(1)) <= MOST_TESTS) {
        return new Plan(prefix, Integer.parseInt(plan.group(1)), Optional.ofNullable(plan.group(2)).map(String::strip));
      }
      Matcher subtest = SUBTEST.matcher(text);
      if (subtest.matches()) {
        // KUnit has it as a diagnostic of the level that it opens.
        return new Subtest(prefix.endsWith("# ") ? prefix.substring(0, prefix.length() - 2) : prefix,
            subtest.group(1).strip());
      }
      Matcher result = RESULT.matcher(text);
      if (result.matches()) {
        return result(prefix, result);
      }
      return text.startsWith("Bail out!")
          ? new BailOut(prefix, text.substring("Bail out!".length()).strip())
          : new Other(prefix, text);
    }

    private static KtapLine result(String prefix, Matcher result) {
      String rest = Optional.ofNullable(result.group(3)).orElse("");
      Matcher hash = HASH.matcher(rest);
      boolean marked = hash.find();
      String name = marked ? rest.substring(0, hash.end() - 1) : rest;
      String said = marked ? rest.substring(hash.end()).strip() : "";
      int number = result.group(2) == null ? 0 : Integer.parseInt(result.group(2));
      KtapOutcome outcome = outcome(result.group(1).equals("ok"), said);
      // kselftest.h has the name of what it skips behind the directive.
      String called = name.isBlank() && outcome instanceof KtapOutcome.Skipped skipped ? skipped.reason() : name;
      return new Result(prefix, number, called.strip().replace("\\#", "#").replace("\\\\", "\\"), outcome);
    }

    private static KtapOutcome outcome(boolean ok, String said) {
      Matcher directive = DIRECTIVE.matcher(said);
      String word = directive.matches() ? directive.group(1).toUpperCase(Locale.ROOT) : "";
      return switch (word) {
        case "SKIP" -> new KtapOutcome.Skipped(directive.group(2));
        // kselftest.h says "ok" for what failed as it is expected to.
        case "XFAIL" -> new KtapOutcome.KnownFailure(directive.group(2));
        case "TODO" -> ok ? new KtapOutcome.Passed() : new KtapOutcome.KnownFailure(directive.group(2));
        default -> ok ? new KtapOutcome.Passed() : new KtapOutcome.Failed(said);
      };
    }
  }
}
