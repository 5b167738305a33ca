package org.ballastvm.vmm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;

/**
 * {@code -trace}: which events are printed.
 *
 * @param text as the user wrote it
 * @param patterns in their order
 * @param file where to, instead of where the log goes
 */
record TraceOption(String text, List<String> patterns, Optional<Path> file) {
  static TraceOption parse(String text) {
    KeyValues given = KeyValues.parse("-trace", text, "enable");
    List<String> patterns = new ArrayList<>();
    given.take("enable").ifPresent(patterns::add);
    given.take("events").map(Path::of).ifPresent(file -> patterns.addAll(read(text, file)));
    Optional<Path> file = given.take("file").map(Path::of);
    given.refuseRest("enable, events, file");
    return new TraceOption(text, List.copyOf(patterns), file);
  }

  /** A pattern in each line; one that begins with # is a comment. */
  private static List<String> read(String text, Path file) {
    try {
      return Files.readAllLines(file).stream().filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UserError("-trace " + text + ": " + file + " cannot be read: " + FileTrouble.reason(e), e);
    }
  }
}
