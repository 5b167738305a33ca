package org.ballastvm.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The host's own apt, which knows the mirrors, the proxies and the keys, and checks what it downloads. */
final class Apt {
  private static final Pattern IMAGE_DEPENDENCY = Pattern.compile("Depends: linux-image-(\\S+)");

  private Apt() {}

  /**
   * Looks up the release that a kernel meta package stands for now.
   *
   * @throws ImageError if there is no apt, or it does not know the package
   */
  static String releaseBehind(String metaPackage) throws IOException {
    Matcher dependency = IMAGE_DEPENDENCY.matcher(run(Path.of("/"), List.of("apt-cache", "depends", metaPackage)));
    if (!dependency.find()) {
      throw new ImageError("apt knows no package " + metaPackage
          + ": run apt-get update on a Debian machine, or name a kernel of your own by its path");
    }
    return dependency.group(1);
  }

  /**
   * Downloads a package.
   *
   * @param directory an empty directory, which then holds the package and nothing else
   * @return the package's file
   * @throws ImageError if apt cannot
   */
  static Path download(String name, Path directory) throws IOException {
    run(directory, List.of("apt-get", "-q", "download", name));
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".deb")).findAny()
          .orElseThrow(() -> new ImageError("apt-get download " + name + " said yes, and left no file"));
    }
  }

  private static String run(Path directory, List<String> command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
          .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
    } catch (IOException e) {
      throw new ImageError(command.getFirst() + " cannot be run: Debian's packages need Debian's apt; elsewhere, name a"
          + " kernel of your own by its path", e);
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new ImageError(String.join(" ", command) + " failed (" + status + "); is the network up, and did apt-get"
            + " update run? It said: " + lastLine(said));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new ImageError(String.join(" ", command) + " was interrupted", e);
    }
    return said;
  }

  private static String lastLine(String said) {
    String text = said.strip();
    return text.substring(text.lastIndexOf('\n') + 1);
  }
}
