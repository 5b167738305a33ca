package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.FileTree;
import org.ballastvm.rig.RigError;

/** Linux's own tests, out of Debian's package of its source: fetched when first asked for, and kept in the user's cache. */
final class LinuxSelfTests {
  private static final String SOURCE = "linux-source-6.1";
  private static final int FETCH_MINUTES = 10;

  private LinuxSelfTests() {}

  /** {@return a script below tools/testing/selftests, for a shell} */
  static byte[] script(String name) throws IOException, InterruptedException {
    Path kept = GuestHosts.images().directory().resolve("selftests").resolve(name);
    if (!Files.exists(kept)) {
      Files.createDirectories(kept.getParent());
      Path work = Files.createTempDirectory(kept.getParent(), "fetch");
      try {
        fetch(work, SOURCE + "/tools/testing/selftests/" + name);
        Files.move(work.resolve("file"), kept, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        FileTree.delete(work);
      }
    }
    return Files.readAllBytes(kept);
  }

  /** The source is a compressed archive in a compressed archive: whole, it has a gigabyte; it is read as a stream. */
  private static void fetch(Path work, String member) throws IOException, InterruptedException {
    String pipe = "set -e; apt-get -q download " + SOURCE + "; dpkg-deb --fsys-tarfile *.deb"
        + " | tar -xO ./usr/src/" + SOURCE + ".tar.xz | tar -xJO --occurrence=1 " + member + " > file; test -s file";
    Process process = new ProcessBuilder(List.of("sh", "-c", pipe)).directory(work.toFile()).redirectErrorStream(true)
        .redirectOutput(work.resolve("said").toFile()).start();
    boolean done = process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0;
    if (!done) {
      process.destroy();
      String said = Files.readString(work.resolve("said"));
      assumeTrue(GuestExtension.mustRun(), "Debian's " + SOURCE + " cannot be had: " + said);
      throw new RigError("Debian's " + SOURCE + " cannot be had: " + said);
    }
  }
}
