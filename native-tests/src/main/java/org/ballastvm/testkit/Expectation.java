package org.ballastvm.testkit;

import java.util.Optional;
import java.util.Set;
import org.ballastvm.testkit.verdict.Verdict;
import org.ballastvm.testkit.verdict.VerdictKind;

/**
 * Which verdicts do not fail a test.
 *
 * @param kinds in which ways a kernel may go wrong
 * @param title what the title contains
 * @param mayBeMissing whether none need come
 */
record Expectation(Set<VerdictKind> kinds, String title, boolean mayBeMissing) {
  static final Expectation NOTHING = new Expectation(Set.of(), "", true);

  Expectation {
    kinds = Set.copyOf(kinds);
  }

  static Expectation of(Optional<Expect> expect) {
    return expect.map(each -> new Expectation(Set.of(each.value()), each.title(), each.mayBeMissing())).orElse(NOTHING);
  }

  boolean covers(Verdict verdict) { return kinds.contains(verdict.kind()) && verdict.title().contains(title); }
}
