package org.ballastvm.vmm.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file by which a Unix socket is found. */
public final class SocketFile {
  private SocketFile() {}

  /**
   * Deletes it, if it is there.
   *
   * @param path its name
   * @throws UncheckedIOException if the host refuses
   */
  public static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
