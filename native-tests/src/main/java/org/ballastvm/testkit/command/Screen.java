package org.ballastvm.testkit.command;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Where a demonstration is shown: a terminal, with blocks and a line that changes, or plain text. */
final class Screen {
  private static final int BAR_COLUMNS = 48;
  private static final int LIVE_COLUMNS = 78;

  private final PrintStream out;
  private final boolean terminal;
  private final String block;
  private final long fullMib;

  Screen(PrintStream out, boolean terminal, boolean unicode, long fullMib) {
    this.out = out;
    this.terminal = terminal;
    this.block = unicode ? "\u2588" : "#";
    this.fullMib = fullMib;
  }

  /**
   * The process's standard output.
   *
   * @param fullMib what the longest bar stands for
   */
  @SuppressWarnings("SystemConsoleNull") // it is null where jdk.internal.le is not resolved and nobody types
  static Screen ofTerminal(long fullMib) {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return new Screen(System.out, terminal, terminal && System.out.charset().equals(StandardCharsets.UTF_8), fullMib);
  }

  void say(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** A line that the next one replaces. Plain text has no such lines, and does not pay for what they would say. */
  void live(Supplier<String> line) {
    if (terminal) {
      String text = line.get();
      clear();
      out.print(text.substring(0, Math.min(text.length(), LIVE_COLUMNS)));
      out.flush();
    }
  }

  private void clear() {
    if (terminal) {
      out.print("\r\u001b[K");
    }
  }

  void draw(Reading reading) {
    bar("guest MemTotal", reading.totalMib());
    bar("guest MemAvailable", reading.availableMib());
    bar("host resident", reading.residentMib());
  }

  private void bar(String name, long mib) {
    int columns = Math.clamp(mib * BAR_COLUMNS / fullMib, 0, BAR_COLUMNS + BAR_COLUMNS / 4);
    say(String.format("  %-19s %5d MiB  %s", name, mib, block.repeat(columns)));
  }
}
