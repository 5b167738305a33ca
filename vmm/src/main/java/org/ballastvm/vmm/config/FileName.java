package org.ballastvm.vmm.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files, as users write them. */
public final class FileName {
  private FileName() {}

  /**
   * The file of a name.
   *
   * @param option for errors: what was given the name
   * @param name as it was given
   * @return its path
   * @throws UserError if no file can have that name on this host
   */
  public static Path path(String option, String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new UserError(option + "=" + name.replace('\0', '?') + ": no file can have this name (" + e.getReason()
          + "); characters beyond ASCII need a UTF-8 locale (LC_ALL)", e);
    }
  }
}
