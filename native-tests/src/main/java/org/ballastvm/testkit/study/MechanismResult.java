package org.ballastvm.testkit.study;

import java.util.List;
import java.util.Optional;

/**
 * What became of one mechanism.
 *
 * @param mechanism which
 * @param rounds    what was measured, a guest each
 * @param failure   why there are no more rounds, in a sentence; nothing if all were done
 */
record MechanismResult(Mechanism mechanism, List<Measurement> rounds, Optional<String> failure) {
  MechanismResult {
    rounds = List.copyOf(rounds);
  }
}
