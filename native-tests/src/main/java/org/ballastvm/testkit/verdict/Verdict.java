package org.ballastvm.testkit.verdict;

import java.util.List;

/** What went wrong in a guest. */
public sealed interface Verdict permits KernelReport, MachineVerdict {
  /** {@return in which way} */
  VerdictKind kind();

  /** {@return it in a few words, without addresses and numbers that differ from run to run} */
  String title();

  /** {@return up to five functions, the innermost first: the same for the same bug; empty where none is known} */
  List<String> fingerprint();

  /** {@return all that is known of it, for people: lines, each with its end} */
  String report();
}
