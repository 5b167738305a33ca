package org.ballastvm.testkit.ktap;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Puts lines together. A level begins with its version, its plan or the name of its test, and ends with its test's result. */
final class KtapParser {
  private static final int MOST_LEVELS = 32;
  private static final int MOST_TROUBLES = 100;

  /** The deepest first. */
  private final Deque<KtapLevel> levels = new ArrayDeque<>();
  private final List<KtapTest> done = new ArrayList<>();
  private final List<String> troubles = new ArrayList<>();
  /** The name of the level that opens next, where TAP 14 has said it. */
  private Optional<String> nextName = Optional.empty();
  private Optional<String> bailedOut = Optional.empty();
  private boolean plain;
  private boolean inYaml;

  /** A line, without a time stamp. */
  void accept(String line) {
    KtapLine read = KtapLine.of(line);
    boolean begins = read instanceof KtapLine.Version || read instanceof KtapLine.Plan;
    if (bailedOut.isPresent() || levels.isEmpty() && !begins) {
      return;
    }
    inYaml = inYaml && read instanceof KtapLine.Other;
    switch (read) {
      case KtapLine.Version version -> {
        plain = version.plain();
        open(version.prefix());
      }
      case KtapLine.Plan plan -> plan(plan);
      case KtapLine.Subtest subtest -> subtest(subtest);
      case KtapLine.Result result -> result(result, line);
      case KtapLine.BailOut bailOut -> bailedOut = Optional.of(bailOut.reason());
      case KtapLine.Other other -> other(other, line);
    }
  }

  /** Begins a level; those that are as deep or deeper are still open, and so lack the results of their tests. */
  private void open(String prefix) {
    lose(prefix.length());
    if (levels.size() == MOST_LEVELS) {
      trouble("tests stand in tests, more than " + MOST_LEVELS + " deep");
      return;
    }
    levels.push(new KtapLevel(prefix, nextName));
    nextName = Optional.empty();
  }

  /** KUnit names the level that begins, TAP 14 the one that comes. */
  private void subtest(KtapLine.Subtest subtest) {
    if (subtest.prefix().length() > levels.peek().prefix().length()) {
      open(subtest.prefix());
    }
    if (levels.peek().prefix().equals(subtest.prefix()) && levels.peek().isFresh()) {
      levels.peek().called(subtest.name());
    } else {
      nextName = Optional.of(subtest.name());
    }
  }

  /** A plan may stand behind its tests, too. */
  private void plan(KtapLine.Plan plan) {
    lose(plan.prefix().length() + 1);
    if (levels.isEmpty() || !levels.peek().prefix().equals(plan.prefix())) {
      open(plan.prefix());
    }
    if (levels.peek().hasPlan()) {
      trouble("a second plan, 1.." + plan.count() + ", stands where there is one already");
    } else {
      levels.peek().plan(plan);
    }
  }

  /** Ends all levels that are so deep or deeper. */
  private void lose(int depth) {
    while (!levels.isEmpty() && levels.peek().prefix().length() >= depth) {
      loseDeepest();
    }
  }

  private void loseDeepest() {
    KtapLevel level = levels.pop();
    String reason = bailedOut.map(why -> "no result: the tests bailed out" + (why.isEmpty() ? "" : ": " + why))
        .orElse("no result: the output ends before it");
    if (levels.isEmpty()) {
      done.addAll(level.close(reason));
    } else {
      levels.peek().lost(level, reason);
    }
  }

  private void result(KtapLine.Result result, String line) {
    Optional<KtapLevel> its = levels.stream().filter(level -> level.prefix().equals(result.prefix())).findFirst();
    if (its.isEmpty() || result.number() == 0 && !plain) {
      // Nothing has announced tests there, or it is no result: somebody's words.
      levels.peek().line(line.strip());
      return;
    }
    KtapLevel inner = null;
    while (levels.peek() != its.get()) {
      if (inner != null) {
        levels.peek().lost(inner, "no result: a test around it ended before it");
      }
      inner = levels.pop();
    }
    if (result.number() != 0 && result.number() != its.get().next()) {
      trouble("result " + result.number() + ", " + result.name() + ", stands where " + its.get().next()
          + " is expected");
    }
    its.get().result(result, Optional.ofNullable(inner));
  }

  private void other(KtapLine.Other other, String line) {
    inYaml = inYaml || other.text().equals("---");
    if (inYaml) {
      levels.peek().lineOfLast(line.strip());
      inYaml = !other.text().equals("...");
    } else {
      levels.peek().line(line.strip());
    }
  }

  private void trouble(String sentence) {
    if (troubles.size() < MOST_TROUBLES) {
      troubles.add(sentence);
    }
  }

  /** The output is at its end. */
  void finish() {
    lose(0);
    if (bailedOut.isPresent()
        && done.stream().flatMap(KtapTest::cases).noneMatch(test -> test.outcome() instanceof KtapOutcome.Lost)) {
      done.add(new KtapTest(done.size() + 1, "bail out",
          new KtapOutcome.Lost("the tests bailed out: " + bailedOut.get()), List.of(), List.of()));
    }
  }

  List<KtapTest> tests() { return done; }

  List<String> troubles() { return troubles; }
}
