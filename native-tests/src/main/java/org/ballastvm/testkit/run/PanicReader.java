package org.ballastvm.testkit.run;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Knows a panic: its first line is the verdict, and what the kernel said from the trouble before it on is the report. */
final class PanicReader {
  private static final Pattern PANIC = Pattern.compile("Kernel panic - not syncing");
  private static final Pattern TROUBLE = Pattern.compile("BUG: |Oops: |general protection fault|kernel BUG at|"
      + "Unable to handle|Kernel panic");
  private static final int MOST_LINES = 80;

  private PanicReader() {}

  /**
   * Reads what a guest's kernel said.
   *
   * @param log all that it has said on its console
   * @return what is to be said of the crash, in lines; nothing if there was none
   */
  static Optional<String> read(String log) {
    List<String> lines = log.lines().map(line -> line.replaceFirst("^(<\\d+>)?\\[ *\\d+\\.\\d+\\] ?", "")).toList();
    int panic = indexOf(lines, PANIC);
    if (panic < 0) {
      return Optional.empty();
    }
    int first = indexOf(lines, TROUBLE);
    List<String> report = lines.subList(first, Math.min(lines.size(), first + MOST_LINES));
    return Optional.of(lines.get(panic).strip() + "\n" + String.join("\n", report));
  }

  private static int indexOf(List<String> lines, Pattern wanted) {
    for (int i = 0; i < lines.size(); i++) {
      if (wanted.matcher(lines.get(i)).find()) {
        return i;
      }
    }
    return -1;
  }
}
