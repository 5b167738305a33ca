package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A C program of ours, compiled on the spot: what the machine gives to whoever does not use Java. */
final class CProgram {
  private final Path binary;

  private CProgram(Path binary) { this.binary = binary; }

  /**
   * Compiles a program beside this class.
   *
   * @param name of the source, without {@code .c}
   * @param directory where the binary goes
   * @throws IOException if there is no gcc, or it refuses
   */
  static CProgram compile(String name, Path directory) throws IOException {
    Path source = directory.resolve(name + ".c");
    try (InputStream in = CProgram.class.getResourceAsStream(name + ".c")) {
      Files.copy(in, source);
    }
    Path binary = directory.resolve(name);
    output(List.of("gcc", "-O2", "-pthread", "-o", binary.toString(), source.toString()));
    return new CProgram(binary);
  }

  /** {@return the number of nanoseconds that the program says its work took} */
  long nanos(Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return Long.parseLong(output(command).strip());
  }

  private static String output(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return output;
  }
}
