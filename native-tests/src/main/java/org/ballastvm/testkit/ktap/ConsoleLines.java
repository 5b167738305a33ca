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

  /** How a line begins that is no rest of another. */
  private static final Pattern BEGINS = Pattern
      .compile("\\s*(?:(?:not )?ok \\d|#|1\\.\\.\\d|K?TAP version|Bail out!).*");

  private final List<String> lines = new ArrayList<>();
  /** What a program had said of a line when the kernel broke in; and that line as it stands, and where. */
  private String begun = "";
  private String broken = "";
  private int brokenAt = -1;

  private ConsoleLines() {}

  /**
   * Takes time stamps off, and puts a program's line together again that one of the kernel's broke into: the kernel's ends
   * its line, and the program's goes on behind that. Where what follows is a line by itself, a program has shown the kernel's.
   */
  static List<String> of(String text) {
    ConsoleLines console = new ConsoleLines();
    text.replace("\r", "").lines().forEach(console::line);
    if (!console.begun.isEmpty()) {
      console.lines.add(console.begun);
    }
    return console.lines;
  }

  private void line(String line) {
    Matcher stamp = STAMPED.matcher(line);
    if (!stamp.find()) {
      plain(line);
      return;
    }
    if (stamp.start() > 0 && brokenAt < 0) {
      brokenAt = lines.size();
      broken = line;
    }
    begun += line.substring(0, stamp.start());
    lines.add(line.substring(stamp.end()));
  }

  private void plain(String line) {
    if (brokenAt >= 0 && BEGINS.matcher(line).matches()) {
      lines.set(brokenAt, broken);
      lines.add(line);
    } else {
      lines.add(begun + line);
    }
    begun = "";
    brokenAt = -1;
  }
}
