package org.ballastvm.testkit.ktap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Tests that stand at one depth, while they are read. */
final class KtapLevel {
  private static final int MOST_LINES = 200;
  private static final int MOST_CHARACTERS = 2000;

  private final String prefix;
  private Optional<String> name;
  private final List<KtapTest> tests = new ArrayList<>();
  private final Deque<String> lines = new ArrayDeque<>();
  private int planned = -1;
  private Optional<String> skip = Optional.empty();

  KtapLevel(String prefix, Optional<String> name) {
    this.prefix = prefix;
    this.name = name;
  }

  String prefix() { return prefix; }

  void called(String title) { name = Optional.of(title); }

  boolean isFresh() { return tests.isEmpty() && planned < 0; }

  boolean hasPlan() { return planned >= 0; }

  void plan(KtapLine.Plan plan) {
    planned = plan.count();
    skip = plan.skip();
  }

  /** The number that the next result should have. */
  int next() { return tests.size() + 1; }

  void line(String text) {
    if (text.isBlank()) {
      return;
    }
    if (lines.size() == MOST_LINES) {
      lines.removeFirst();
    }
    lines.addLast(text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text);
  }

  /** A result of this level, with the level of the tests in it, which ends. */
  void result(KtapLine.Result result, Optional<KtapLevel> level) {
    List<KtapTest> inner = level.map(its -> take(its, "no result: its test ended before it")).orElse(List.of());
    int number = result.number() == 0 ? next() : result.number();
    KtapOutcome outcome = result.outcome();
    if (outcome instanceof KtapOutcome.Passed && inner.stream().anyMatch(test -> test.outcome().isBad())) {
      outcome = new KtapOutcome.Failed("it says that it passed, and not all tests in it did");
    }
    add(number, result.name().isEmpty() ? "test " + number : result.name(), outcome, inner);
  }

  /** Tests of a deeper level whose own result never came. */
  void lost(KtapLevel inner, String reason) {
    List<KtapTest> its = take(inner, reason);
    add(next(), inner.name.orElse("test " + next()), new KtapOutcome.Lost(reason), its);
  }

  private List<KtapTest> take(KtapLevel inner, String reason) {
    List<KtapTest> its = inner.close(reason);
    // What was said behind the last result there.
    inner.lines.forEach(this::line);
    return its;
  }

  private void add(int number, String called, KtapOutcome outcome, List<KtapTest> inner) {
    tests.add(new KtapTest(number, called, outcome, inner, List.copyOf(lines)));
    lines.clear();
  }

  /** YAML and the like, which TAP puts behind a result. */
  void lineOfLast(String text) {
    if (tests.isEmpty()) {
      line(text);
      return;
    }
    KtapTest last = tests.removeLast();
    List<String> more = new ArrayList<>(last.lines());
    if (more.size() < MOST_LINES) {
      more.add(text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) : text);
    }
    tests.add(new KtapTest(last.number(), last.name(), last.outcome(), last.tests(), more));
  }

  /**
   * Ends the level.
   *
   * @param missing why results do not come that were planned
   * @return its tests; what is missing is one of them
   */
  List<KtapTest> close(String missing) {
    if (skip.isPresent() && tests.isEmpty()) {
      add(1, "all", new KtapOutcome.Skipped(skip.get()), List.of());
    }
    if (planned > tests.size()) {
      int from = next();
      add(from, from == planned ? "test " + from : "tests " + from + " to " + planned, new KtapOutcome.Lost(missing),
          List.of());
    }
    return List.copyOf(tests);
  }
}
