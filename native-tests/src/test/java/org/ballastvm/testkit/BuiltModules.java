package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Initramfs;
import org.ballastvm.images.Kernel;
import org.junit.jupiter.api.Assumptions;

/** Modules that are built for one of Debian's kernels when a test wants them, and the usual guest with them. */
public final class BuiltModules {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final int BUILD_MINUTES = 5;

  private BuiltModules() {}

  /**
   * A guest that has them as {@code /NAME.ko}.
   *
   * @param kernel the kernel that they are for
   * @param folder of the tests' resources, with a script {@code build RELEASE NAME...} that makes them in its current directory, or
   *     leaves those that are made
   * @param names their names
   * @param directory takes the initramfs
   */
  public static GuestImage guest(Kernel kernel, String folder, List<String> names, Path directory) throws IOException {
    Path work = built(kernel.release(), folder, names);
    Initramfs tree = new Initramfs();
    for (String name : names) {
      tree.data(name + ".ko", Files.readAllBytes(work.resolve(name + ".ko")));
    }
    Path more = directory.resolve("more");
    tree.writeTo(more);
    GuestImage lab = GuestHosts.images().lab(kernel);
    Path initrd = Files.copy(lab.initrd(), directory.resolve("initrd"));
    Files.write(initrd, new byte[(int) (-Files.size(initrd) & 3)], StandardOpenOption.APPEND);
    Files.write(initrd, Files.readAllBytes(more), StandardOpenOption.APPEND);
    return new GuestImage(lab.release(), lab.kernel(), initrd);
  }

  /**
   * Makes them, if they are not made.
   *
   * @param release of the kernel
   * @param folder as above
   * @param names their names
   * @return where they are; the kernel's headers are below {@code root}
   */
  static Path built(String release, String folder, List<String> names) throws IOException {
    Path work = Files.createDirectories(Path.of("target", folder, release));
    Path log = work.resolve("log");
    List<String> command = new ArrayList<>(
        List.of("sh", RESOURCES.resolve(folder).resolve("build").toAbsolutePath().toString(), release));
    command.addAll(names);
    Process build = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start();
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
    return work;
  }
}
