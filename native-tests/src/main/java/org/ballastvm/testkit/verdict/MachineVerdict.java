package org.ballastvm.testkit.verdict;

import java.util.List;

/**
 * What went wrong in a guest whose kernel does not say so: it shows from outside.
 *
 * @param kind in which way
 * @param title it in a few words
 * @param lines what its VMM, or the console's end, says of it
 */
public record MachineVerdict(VerdictKind kind, String title, List<String> lines) implements Verdict {
  public MachineVerdict {
    lines = List.copyOf(lines);
  }

  @Override
  public List<String> fingerprint() { return List.of(); }

  @Override
  public String report() { return title + "\n" + Lines.joined(lines); }
}
