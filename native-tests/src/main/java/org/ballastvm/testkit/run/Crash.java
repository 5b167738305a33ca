package org.ballastvm.testkit.run;

import java.util.List;
import java.util.Optional;
import org.ballastvm.testkit.verdict.ConsoleParser;
import org.ballastvm.testkit.verdict.KernelReport;
import org.ballastvm.testkit.verdict.VerdictKind;

/** A kernel that panicked, and what led to it. */
final class Crash {
  private Crash() {}

  /**
   * Reads what a guest's kernel said.
   *
   * @param log all that it has said on its console
   * @return what is to be said of the crash, in lines; nothing if there was no panic
   */
  static Optional<String> read(String log) {
    List<KernelReport> reports = ConsoleParser.read(log);
    for (int i = 0; i < reports.size(); i++) {
      KernelReport panic = reports.get(i);
      if (panic.kind() == VerdictKind.PANIC) {
        boolean isLed = i > 0 && leads(reports.get(i - 1), panic);
        return Optional.of(isLed
            ? words(reports.get(i - 1)) + "\n" + String.join("\n", panic.lines())
            : words(panic));
      }
    }
    return Optional.empty();
  }

  /** A kernel prints its registers between the two, and no more. */
  private static boolean leads(KernelReport trouble, KernelReport panic) {
    return panic.before().contains(trouble.lines().getLast());
  }

  private static String words(KernelReport report) { return report.heading() + String.join("\n", report.lines()); }
}
