package org.ballastvm.vmm.cli;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/** {@code -D} and {@code -d}: where the log goes and what is in it. slf4j-simple reads these before its first line. */
final class Logging {
  static final List<String> ITEMS = List.of("guest_errors", "debug");

  private Logging() {}

  static void configure(Optional<Path> file, List<String> items) {
    file.ifPresent(path -> {
      try {
        System.setErr(new PrintStream(new FileOutputStream(path.toFile(), true), true, StandardCharsets.UTF_8));
      } catch (FileNotFoundException e) {
        throw new UserError("-D " + path + ": cannot be written: " + e.getMessage(), e);
      }
    });
    for (String item : items) {
      if (!ITEMS.contains(item)) {
        throw new UserError("-d " + item + ": there is no such log item; there are " + String.join(", ", ITEMS));
      }
    }
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", items.contains("debug") ? "debug" : "warn");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
  }
}
