package org.ballastvm.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Files and directories of this host, by the place where the rig has them; a directory stands before what is in it. */
final class HostFiles {
  /** What a JVM is linked against, and what its own libraries are. */
  private static final Set<String> LIBRARIES = Set.of("libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0",
      "librt.so.1", "libz.so.1");
  private static final Path LOADER = Path.of("/lib64/ld-linux-x86-64.so.2");
  private static final Path LIBRARY_DIRECTORY = Path.of("/lib/x86_64-linux-gnu");

  private final Map<Path, Path> sources = new TreeMap<>();

  /**
   * Adds a file or a directory at its own place. What a link leads to stands at the place of the link.
   *
   * @throws RigError if there is none, or if it is the host's root
   */
  HostFiles add(Path file) {
    Path place = file.toAbsolutePath().normalize();
    if (place.getNameCount() == 0) {
      throw new RigError("the rig has a root of its own, and cannot be given the host's");
    }
    try {
      sources.put(place, place.toRealPath());
    } catch (IOException e) {
      throw new RigError(file + " cannot be given to the rig: there is no such file", e);
    }
    return this;
  }

  /** Adds a JDK, and the C library that it runs on. */
  HostFiles addJdk(Path home) {
    add(home);
    add(LOADER);
    LIBRARIES.stream().map(LIBRARY_DIRECTORY::resolve).filter(Files::exists).forEach(this::add);
    return this;
  }

  /** {@return where each is on this host, by its place in the rig} */
  Map<Path, Path> sources() { return sources; }
}
