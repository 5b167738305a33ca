package org.ballastvm.images;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads a Debian binary package, deb(5): an ar archive, and in it a tar of the files that it installs. */
final class DebArchive {
  /** Says where a file of the package goes. */
  @FunctionalInterface
  interface Chooser {
    /**
     * Chooses.
     *
     * @param path the path of the file in the package, with no slash in front
     * @return where to write it, or nothing to leave it out
     */
    Optional<Path> target(String path);
  }

  private DebArchive() {}

  /**
   * Writes the chosen regular files of a package.
   *
   * @return how many were written
   * @throws ImageError  if it is not a package
   * @throws IOException if it ends too early, or a file cannot be written
   */
  static int extract(Path deb, Chooser chooser) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(deb)); //
        ArArchiveInputStream ar = new ArArchiveInputStream(file)) {
      for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
        String name = member.getName();
        if (name.startsWith("data.tar")) {
          return extractTar(new TarArchiveInputStream(Compression.unpack(name, ar)), chooser);
        }
      }
    }
    throw new ImageError(deb + " is not a Debian package: it holds no data.tar");
  }

  private static int extractTar(TarArchiveInputStream tar, Chooser chooser) throws IOException {
    int written = 0;
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      String path = entry.getName().replaceFirst("^\\.?/", "");
      if (!entry.isFile() || path.contains("..")) {
        continue;
      }
      Optional<Path> target = chooser.target(path);
      if (target.isPresent()) {
        Files.createDirectories(target.get().getParent());
        Files.copy(tar, target.get());
        written++;
      }
    }
    return written;
  }
}
