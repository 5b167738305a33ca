package org.ballastvm.testkit.ktap;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lines of a console where the kernel and programs write. */
final class ConsoleLines {
  /** With the level of printk in front, and with CONFIG_PRINTK_CALLER. */
  private static final String STAMP = "(?:<\\d{1,3}>)?\\[ {0,8}\\d{1,10}\\.\\d{6}\\](?:\\[ {0,8}[TC]\\d{1,10}\\])? ";
  private static final Pattern STAMPED = Pattern.compile(STAMP);

  private ConsoleLines() {}

  /**
   * Takes time stamps off, and puts a program's line together again that one of the kernel's broke into: the kernel's ends
   * its line, and the program's goes on behind that.
   */
  static List<String> of(String text) {
    List<String> lines = new ArrayList<>();
    String begun = "";
    for (String line : text.replace("\r", "").split("\n")) {
      Matcher stamp = STAMPED.matcher(line);
      if (!stamp.find()) {
        lines.add(begun + line);
        begun = "";
      } else {
        begun += line.substring(0, stamp.start());
        lines.add(line.substring(stamp.end()));
      }
    }
    if (!begun.isEmpty()) {
      lines.add(begun);
    }
    return lines;
  }
}
