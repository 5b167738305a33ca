package org.ballastvm.testkit.verdict;

import java.util.List;

/**
 * What a kernel says of itself.
 *
 * @param kind in which way it went wrong
 * @param title it in a few words
 * @param caller {@code T123} or {@code C1}: the task or the CPU that speaks, of a kernel with CONFIG_PRINTK_CALLER; else empty
 * @param fingerprint up to five functions, the innermost first
 * @param before what stood on the console before it, at most {@value ConsoleParser#CONTEXT_LINES} lines
 * @param lines the report, of that caller alone where callers are known
 * @param after what stood between its lines and was another's
 */
public record KernelReport(VerdictKind kind, String title, String caller, List<String> fingerprint, List<String> before,
    List<String> lines, List<String> after) implements Verdict {
  public KernelReport {
    fingerprint = List.copyOf(fingerprint);
    before = List.copyOf(before);
    lines = List.copyOf(lines);
    after = List.copyOf(after);
  }

  /** {@return the title, and the functions where they are known, in lines that end} */
  public String heading() {
    return title + (fingerprint.isEmpty() ? "" : "\nin " + String.join(" < ", fingerprint)) + "\n";
  }

  @Override
  public String report() { return heading() + Lines.joined(before) + Lines.joined(lines) + Lines.joined(after); }
}
