package org.ballastvm.testkit.verdict;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the kernel's log on a console.
 *
 * @param stamp when, as it stands there: seconds since the boot
 * @param caller {@code T123} or {@code C1}, of a kernel with CONFIG_PRINTK_CALLER; else empty
 * @param text what it says
 */
record KernelLine(String stamp, String caller, String text) {
  /** A program's output may stand before it, if that has not ended its line. A level stands there with console_msg_format=syslog. */
  private static final Pattern STAMPED = Pattern.compile("(?:<\\d+>)?\\[ *(\\d+\\.\\d{6})](?:\\[ *([TC]\\d+)])? (.*)");

  /** What a line of a console says of the kernel's; nothing for what a program has written. */
  static Optional<KernelLine> of(String line) {
    int bracket = line.indexOf('[');
    if (bracket < 0) {
      return Optional.empty();
    }
    Matcher matcher = STAMPED.matcher(line);
    return matcher.find()
        ? Optional.of(new KernelLine(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2),
            matcher.group(3)))
        : Optional.empty();
  }
}
