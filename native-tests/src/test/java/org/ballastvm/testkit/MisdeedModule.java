package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.junit.jupiter.api.Assumptions;

/** A module that goes wrong on purpose, built from its source for one of Debian's kernels, and the usual guest with it. */
final class MisdeedModule {
  private static final Path SOURCE = Path.of("src/test/resources/misdeed");
  private static final int BUILD_MINUTES = 5;

  private MisdeedModule() {}

  /**
   * A guest that has it as {@code /misdeed.ko}.
   *
   * @param directory takes the initramfs
   */
  static GuestImage guest(DebianFlavour flavour, Path directory) throws IOException {
    Kernel kernel = GuestHosts.images().kernel(flavour);
    GuestImage lab = GuestHosts.images().lab(kernel);
    Path more = directory.resolve("more");
    new Initramfs().data("misdeed.ko", Files.readAllBytes(built(kernel.release()))).writeTo(more);
    Path initrd = Files.copy(lab.initrd(), directory.resolve("initrd"));
    Files.write(initrd, new byte[(int) (-Files.size(initrd) & 3)], StandardOpenOption.APPEND);
    Files.write(initrd, Files.readAllBytes(more), StandardOpenOption.APPEND);
    return new GuestImage(lab.release(), lab.kernel(), initrd);
  }

  /** {@return the headers that it is built with, for {@code make -C}} */
  static Path headers(String release) throws IOException {
    return built(release).resolveSibling("root").resolve("usr/src/linux-headers-" + release).toAbsolutePath();
  }

  /** Once for each kernel and source: the kernel's headers come from Debian. */
  private static Path built(String release) throws IOException {
    Path work = Files.createDirectories(Path.of("target", "misdeed", release));
    Path source = work.resolve("misdeed.c");
    if (!Files.exists(source) || Files.mismatch(source, SOURCE.resolve("misdeed.c")) >= 0) {
      Files.deleteIfExists(work.resolve("misdeed.ko"));
      Files.write(source, Files.readAllBytes(SOURCE.resolve("misdeed.c")));
    }
    Path log = work.resolve("log");
    Process build = new ProcessBuilder("sh", SOURCE.resolve("build").toAbsolutePath().toString(), release)
        .directory(work.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    boolean made;
    try {
      made = build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) && build.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (!made) {
      build.destroyForcibly();
      String why = "no module for " + release + " can be built (apt-get, make and gcc do that): "
          + Files.readString(log);
      Assumptions.assumeFalse(!GuestExtension.mustRun(), why);
      throw new AssertionError(why);
    }
    return work.resolve("misdeed.ko");
  }
}
