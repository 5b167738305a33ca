package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.trace.TraceEvent;

/** {@code -D} and {@code -d}: where the log goes and what is in it. slf4j-simple reads these before its first line. */
final class Logging {
  static final List<String> ITEMS = List.of("guest_errors", "debug", "trace:PATTERN");
  private static final String TRACE = "trace:";

  private Logging() {}

  /**
   * Sets the log up.
   *
   * @param file where it goes, if not to standard error
   * @param items of {@code -d}
   * @param traces of {@code -trace}
   */
  static void configure(Optional<Path> file, List<String> items, List<TraceOption> traces) {
    for (String item : items) {
      if (item.startsWith(TRACE) && item.length() > TRACE.length()) {
        switchBy("", item.substring(TRACE.length()));
      } else if (!ITEMS.contains(item) || item.startsWith(TRACE)) {
        throw new UserError("-d " + item + ": there is no such log item; there are " + String.join(", ", ITEMS));
      }
    }
    traces.forEach(trace -> trace.patterns().forEach(pattern -> switchBy("-trace " + trace.text() + ": ", pattern)));
    traces.stream().flatMap(trace -> trace.file().stream()).reduce((earlier, later) -> later).or(() -> file)
        .ifPresent(Logging::logTo);
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", items.contains("debug") ? "debug" : "warn");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
  }

  /** As QEMU does: a name that there is not is warned of, a pattern that fits nothing is not. */
  private static void switchBy(String where, String pattern) {
    if (!TraceEvent.switchBy(pattern)) {
      System.err.println("ballast: " + where + "warning: trace event '"
          + (pattern.startsWith("-") ? pattern.substring(1) : pattern) + "' does not exist");
    }
  }

  /** The log alone: what went wrong at the start is still told on standard error. */
  private static void logTo(Path file) {
    try {
      Files.newOutputStream(file).close();
    } catch (IOException e) {
      throw new UserError("-D " + file + ": cannot be written: " + Main.reason(e), e);
    }
    System.setProperty("org.slf4j.simpleLogger.logFile", file.toString());
  }
}
