package org.ballastvm.vmm.attach;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.UserError;

/** Finds the {@code vmlinux} of a kernel, with what debuggers read. */
final class KernelFile {
  /** Where distributions have it: Debian's -dbg packages, Fedora's kernel-debuginfo, a tree that installed its modules. */
  private static final List<String> PLACES = List.of("usr/lib/debug/boot/vmlinux-%s",
      "usr/lib/debug/lib/modules/%s/vmlinux", "usr/lib/debug/vmlinux-%s", "lib/modules/%s/build/vmlinux");

  private KernelFile() {}

  /**
   * That of a release.
   *
   * @param root where the host's files are
   * @param release as the guest has it: its word
   */
  static Optional<Path> ofRelease(Path root, String release) {
    if (!release.matches("[\\w.+~-]{1,64}") || release.startsWith(".")) {
      return Optional.empty();
    }
    return PLACES.stream().map(place -> root.resolve(place.formatted(release))).filter(Files::isRegularFile)
        .findFirst();
  }

  /**
   * The one that a user names.
   *
   * @param named a file, or the tree that it was built in
   */
  static Path named(Path named) {
    return Stream.of(named, named.resolve("vmlinux")).filter(Files::isRegularFile).findFirst()
        .orElseThrow(() -> new UserError("gdb -k " + named + ": there is no such file, and no vmlinux in a directory of"
            + " that name"));
  }
}
