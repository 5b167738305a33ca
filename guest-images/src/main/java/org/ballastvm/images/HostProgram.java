package org.ballastvm.images;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A program of this host, run to its end; it does not outlive the JVM. */
final class HostProgram {
  private static final int GRACE_SECONDS = 20;

  private final Path directory;
  private final Map<String, String> environment;
  private final Consumer<String> listener;

  /**
   * How it ended.
   *
   * @param status its exit status
   * @param said   all that it said, on both streams
   */
  record Outcome(int status, String said) {
    boolean failed() { return status != 0; }

    /** {@return what it complained of: its first line that is marked as an error, else its last} */
    String complaint() {
      String text = said.strip();
      return text.lines().filter(line -> line.startsWith("E: ")).findFirst()
          .orElse(text.substring(text.lastIndexOf('\n') + 1));
    }
  }

  /**
   * A program that starts somewhere.
   *
   * @param environment what is added to the environment
   * @param listener    hears each line that it says
   */
  HostProgram(Path directory, Map<String, String> environment, Consumer<String> listener) {
    this.directory = directory;
    this.environment = Map.copyOf(environment);
    this.listener = listener;
  }

  /** {@return one whose lines are heard at its end} */
  static HostProgram in(Path directory) {
    return new HostProgram(directory, Map.of(), line -> {});
  }

  /**
   * Runs it.
   *
   * @param command the program, found on PATH, and its arguments; it reads nothing
   * @throws IOException if it cannot be started
   * @throws ImageError  if the thread is interrupted; the program is ended then
   */
  Outcome run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    Undo undo = Undo.atExit(() -> end(process));
    try (BufferedReader lines = process.inputReader()) {
      StringBuilder said = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.append(line).append('\n');
        listener.accept(line);
      }
      return new Outcome(process.waitFor(), said.toString());
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new ImageError(String.join(" ", command) + " was interrupted", e);
    } finally {
      undo.close();
    }
  }

  /**
   * Asks first: mmdebstrap has mounts and files of its own to put away. By its handle, as {@code Process.destroy()} closes its
   * streams as well: whoever reads its last words would fail.
   */
  private static void end(Process process) throws InterruptedException {
    process.toHandle().destroy();
    if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }
}
