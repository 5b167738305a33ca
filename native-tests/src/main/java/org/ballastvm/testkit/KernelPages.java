package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes the table of kernels when all tests of a JVM have run. */
final class KernelPages implements AutoCloseable {
  private final KernelMatrix matrix = new KernelMatrix();

  KernelMatrix matrix() { return matrix; }

  private static Optional<Path> directory() {
    String named = System.getProperty("ballast.kernels.page");
    return named != null ? Optional.of(Path.of(named)) : BuildOutput.directory();
  }

  @Override
  public void close() throws IOException {
    Optional<Path> directory = directory();
    if (!matrix.isEmpty() && directory.isPresent()) {
      Files.createDirectories(directory.get());
      Files.writeString(directory.get().resolve("kernels.html"), matrix.html());
      Files.writeString(directory.get().resolve("kernels.md"), matrix.markdown());
    }
  }
}
