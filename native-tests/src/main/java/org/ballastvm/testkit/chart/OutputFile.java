package org.ballastvm.testkit.chart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.vmm.config.UserError;

/**
 * A file that a command writes at its end. It is checked at the start: whoever waited for minutes should not hear then that
 * the file has no place.
 *
 * @param option the command and the option that name it, for messages
 * @param path where it is, absolute
 */
public record OutputFile(String option, Path path) {
  /**
   * Checks a value.
   *
   * @param option the command and the option, for example {@code study --svg}
   * @param value what the user gave
   * @return the file
   * @throws UserError if it cannot be written
   */
  public static OutputFile of(String option, String value) {
    Path path = Path.of(value).toAbsolutePath();
    if (Files.isDirectory(path)) {
      throw new UserError(option + ' ' + value + ": is a directory; it must be a file");
    }
    if (!Files.isDirectory(path.getParent())) {
      throw new UserError(option + ' ' + value + ": there is no directory " + path.getParent());
    }
    if (!Files.isWritable(Files.exists(path) ? path : path.getParent())) {
      throw new UserError(option + ' ' + value + ": may not be written");
    }
    return new OutputFile(option, path);
  }

  /**
   * Writes it; what the host refuses is a line on standard error.
   *
   * @param content all of the file
   * @return whether it is written
   */
  public boolean write(String content) {
    try {
      Files.writeString(path, content);
      return true;
    } catch (IOException e) {
      System.err.println("ballast: " + option + ' ' + path + ": cannot be written: " + e.getMessage());
      return false;
    }
  }
}
