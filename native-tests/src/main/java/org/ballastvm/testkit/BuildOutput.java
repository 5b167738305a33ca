package org.ballastvm.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a build has its output. */
final class BuildOutput {
  private BuildOutput() {}

  /** {@return the output of Maven or of Gradle, whichever is there} */
  static Optional<Path> directory() {
    return Stream.of("target", "build").map(Path::of).filter(Files::isDirectory).findFirst();
  }
}
