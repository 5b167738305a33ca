package org.ballastvm.vmm.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.trace.TraceEvent;
import org.slf4j.LoggerFactory;

/** {@code -D} and {@code -d}: where the log goes and what is in it. slf4j-simple reads these before its first line. */
final class Logging {
  static final List<String> ITEMS = List.of("guest_errors", "debug", "trace:PATTERN");
  private static final String TRACE = "trace:";

  /** At the end, whoever reads what is left may take so long between two reads. */
  private static final long PATIENCE_MILLIS = 5000;

  private static QueuedOutput errors;
  private static QueuedOutput log;

  private Logging() {}

  /** From now on nobody who writes to standard error, or to the log, waits for who reads it. */
  static void neverWait() {
    if (errors == null) {
      errors = new QueuedOutput(new FileOutputStream(FileDescriptor.err));
      System.setErr(new PrintStream(errors, true, System.err.charset()));
      Runtime.getRuntime().addShutdownHook(new Thread(Logging::drain, "log"));
    }
  }

  /** Each line of the log begins with when it was written. */
  static void addTime() {
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  }

  /** Waits until what was written has gone out. */
  static void drain() {
    for (QueuedOutput queue : new QueuedOutput[]{errors, log}) {
      if (queue != null) {
        queue.drain(PATIENCE_MILLIS);
      }
    }
  }

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
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", items.contains("debug") ? "debug" : "warn");
    System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
    System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
    traces.stream().flatMap(trace -> trace.file().stream()).reduce((earlier, later) -> later).or(() -> file)
        .ifPresent(Logging::logTo);
  }

  /** As QEMU does: an unknown name is warned of, a pattern that fits nothing is not. */
  private static void switchBy(String where, String pattern) {
    if (!TraceEvent.switchBy(pattern)) {
      System.err.println("ballast: " + where + "warning: trace event '"
          + (pattern.startsWith("-") ? pattern.substring(1) : pattern) + "' does not exist");
    }
  }

  /** The log alone: what went wrong at the start is still written to standard error. */
  private static void logTo(Path file) {
    try {
      if (Files.isRegularFile(file)) {
        Files.newOutputStream(file).close(); // emptied; from then on, all goes to its end, wherever a rotation puts that
      }
      log = new QueuedOutput(Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UserError("-D " + file + ": cannot be written: " + FileTrouble.reason(e), e);
    }
    // slf4j-simple would open the file itself; this has it take the stream that is standard error just now.
    System.setProperty("org.slf4j.simpleLogger.cacheOutputStream", "true");
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      LoggerFactory.getLogger(Logging.class);
    } finally {
      System.setErr(before);
    }
  }
}
