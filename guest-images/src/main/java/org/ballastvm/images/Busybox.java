package org.ballastvm.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The one program of a guest: busybox, linked statically. */
final class Busybox {
  private static final List<Path> ON_THE_HOST = List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"),
      Path.of("/usr/local/bin/busybox"));

  private Busybox() {}

  /** {@return the host's own, if it is a static one} */
  static Optional<Path> onTheHost() throws IOException {
    for (Path candidate : ON_THE_HOST) {
      if (Files.isReadable(candidate) && isStatic(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  static boolean isStatic(Path program) throws IOException {
    byte[] content = Files.readAllBytes(program);
    return Elf.isElf64(content) && Elf.of(content, program.toString()).isStatic();
  }
}
