package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.HostProgram.Outcome;

/** The host's own apt, which knows the mirrors, the proxies and the keys, and checks what it downloads. */
final class Apt {
  private static final Pattern IMAGE_DEPENDENCY = Pattern.compile("Depends: linux-image-(\\S+)");
  private static final Path DEBIANS_KEYS = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
  private static final Pattern PROXY = Pattern.compile("proxy='([^']+)'");

  private Apt() {}

  /**
   * Looks up the release that a kernel meta package stands for now.
   *
   * @throws ImageError if there is no apt, or it does not know the package
   */
  static String releaseBehind(String metaPackage) throws IOException {
    return findReleaseBehind(metaPackage).orElseThrow(() -> new ImageError("apt knows no package " + metaPackage
        + ": run apt-get update on a Debian machine, or name a kernel of your own by its path"));
  }

  /**
   * Looks up the release that a kernel meta package stands for now.
   *
   * @return nothing if apt does not know the package
   * @throws ImageError if there is no apt
   */
  static Optional<String> findReleaseBehind(String metaPackage) throws IOException {
    // "depends" fails for an unknown package as it does for anything else; "policy" says nothing, and does not fail.
    if (run(Path.of("/"), List.of("apt-cache", "policy", metaPackage)).isBlank()) {
      return Optional.empty();
    }
    Matcher dependency = IMAGE_DEPENDENCY.matcher(run(Path.of("/"), List.of("apt-cache", "depends", metaPackage)));
    return dependency.find() ? Optional.of(dependency.group(1)) : Optional.empty();
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

  /**
   * What the host's sources have of a suite: itself, its updates and its security updates.
   *
   * @return lines as {@code sources.list(5)} has them; none if apt knows no such suite
   * @throws ImageError if there is no apt
   */
  static List<String> sources(String suite) throws IOException {
    return sources(run(Path.of("/"), List.of("apt-get", "indextargets", "--format",
        "$(SITE)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)", "Created-By: Packages")), suite);
  }

  static List<String> sources(String targets, String suite) {
    return targets.lines().map(line -> line.split("\\|", -1)).filter(target -> target.length == 4)
        .filter(target -> List.of(suite, suite + "-updates", suite + "-security").contains(target[1]))
        .map(target -> "deb " + (target[3].equals("Debian") ? signed() : "") + target[0] + " " + target[1] + " "
            + target[2])
        .distinct().toList();
  }

  /** Where the guest has Debian's keys, too; a host before Debian 13 has apt trust them anyway. */
  private static String signed() {
    return Files.exists(DEBIANS_KEYS) ? "[signed-by=" + DEBIANS_KEYS + "] " : "";
  }

  /** {@return the proxy by which apt reaches HTTP mirrors, if it is told to use one} */
  static Optional<String> proxy() throws IOException {
    Matcher value = PROXY.matcher(run(Path.of("/"), List.of("apt-config", "shell", "proxy", "Acquire::http::Proxy")));
    return value.find() ? Optional.of(value.group(1)) : Optional.empty();
  }

  private static String run(Path directory, List<String> command) throws IOException {
    Outcome outcome;
    try {
      outcome = HostProgram.in(directory).run(command);
    } catch (IOException e) {
      throw new ImageError(command.getFirst() + " cannot be run: Debian's packages need Debian's apt; elsewhere, name a"
          + " kernel of your own by its path", e);
    }
    if (outcome.failed()) {
      throw new ImageError(String.join(" ", command) + " failed (" + outcome.status()
          + "); is the network up, and did apt-get update run? It said: " + outcome.complaint());
    }
    return outcome.said();
  }
}
