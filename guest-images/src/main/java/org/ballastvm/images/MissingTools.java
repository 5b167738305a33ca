package org.ballastvm.images;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What something needs of this host and does not find, with Debian's packages that have it. */
public final class MissingTools {
  private final List<String> tools = new ArrayList<>();
  private final Set<String> packages = new LinkedHashSet<>();

  /** Has looked for nothing yet. */
  public MissingTools() {}

  /** {@return whether this host has such a program} */
  public static boolean isOnPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Stream.of(path.split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  /** Looks for a program on PATH. */
  public MissingTools program(String name, String debianPackage) {
    return unless(isOnPath(name), name, debianPackage);
  }

  /** Looks for a file. */
  public MissingTools file(Path file, String debianPackage) {
    return unless(Files.isReadable(file), file.toString(), debianPackage);
  }

  private MissingTools unless(boolean found, String tool, String debianPackage) {
    if (!found) {
      tools.add(tool);
      packages.add(debianPackage);
    }
    return this;
  }

  /** {@return who needs what, and how to install it; nothing if all was found} */
  public Optional<String> sentence(String who) {
    return tools.isEmpty()
        ? Optional.empty()
        : Optional.of(who + " needs " + String.join(", ", tools) + ", which this host does not have: apt-get install "
            + String.join(" ", packages));
  }
}
