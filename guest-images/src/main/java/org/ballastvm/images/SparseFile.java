package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Disks as files: most of a new one is holes, which a copy must not fill. */
final class SparseFile {
  private SparseFile() {}

  /**
   * Copies one, sharing its blocks where the file system can.
   *
   * @throws ImageError if that fails; nothing is left then
   */
  static void copy(Path source, Path target) throws IOException {
    make(target, unfinished -> {
      HostProgram.Outcome outcome = HostProgram.in(Path.of("/")).run(List.of("cp", "--sparse=always", "--reflink=auto",
          source.toString(), unfinished.toString()));
      if (outcome.failed()) {
        throw new ImageError(source + " cannot be copied to " + target + ": " + outcome.complaint());
      }
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
    });
  }

  /** Fills a file. */
  @FunctionalInterface
  interface Maker {
    void fill(Path file) throws IOException;
  }

  /** Makes a file beside its place and moves it there when it is whole; of one that fails, or is interrupted, nothing stays. */
  static void make(Path target, Maker maker) throws IOException {
    Path place = target.toAbsolutePath();
    Path unfinished = place.resolveSibling("." + place.getFileName() + ".unfinished-" + ProcessHandle.current().pid());
    Undo undo = Undo.atExit(() -> Files.deleteIfExists(unfinished));
    try {
      maker.fill(unfinished);
      Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unfinished);
      undo.close();
    }
  }
}
