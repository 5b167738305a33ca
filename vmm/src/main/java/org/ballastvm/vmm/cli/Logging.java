package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/** {@code -D} and {@code -d}: where the log goes and what is in it. slf4j-simple reads these before its first line. */
final class Logging {
  static final List<String> ITEMS = List.of("guest_errors", "debug");

  private Logging() {}

  static void configure(Optional<Path> file, List<String> items) {
    for (String item : items) {
      if (!ITEMS.contains(item)) {
        throw new UserError("-d " + item + ": there is no such log item; there are " + String.join(", ", ITEMS));
      }
    }
    file.ifPresent(Logging::logTo);
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", items.contains("debug") ? "debug" : "warn");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
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
