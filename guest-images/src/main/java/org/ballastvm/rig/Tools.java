package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What rigs are made with: programs of this host, and scripts of this module. */
final class Tools {
  private Tools() {}

  /** {@return whether this host has such a program} */
  static boolean isOnPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    return Stream.of(path.split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  /** {@return the text of one of this module's scripts} */
  static String resource(String name) {
    try (InputStream in = Tools.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the module's own " + name, e);
    }
  }
}
