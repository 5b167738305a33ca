package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of the launcher on this host, to its end.
 *
 * @param status its exit status
 * @param output what it printed
 * @param errors what it complained of
 */
record Launched(int status, String output, String errors) {
  /** In the rig a compiler takes a minute. */
  private static final int PATIENCE_SECONDS = 240;

  /** {@return the launcher of this source tree} */
  static Path launcher() {
    Path home = Path.of(System.getProperty("ballast.home", "..")).toAbsolutePath().normalize();
    return home.resolve("ballast");
  }

  /** Runs it with options. */
  static Launched with(Path directory, String input, List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(options);
    return run(directory, input, command);
  }

  /** Runs any command. */
  static Launched run(Path directory, String input, List<String> command) throws IOException, InterruptedException {
    return run(directory, input, command, PATIENCE_SECONDS);
  }

  /** Runs any command that may take so long. */
  static Launched run(Path directory, String input, List<String> command, int seconds)
      throws IOException, InterruptedException {
    Path streams = Files.createTempDirectory("ballast");
    Path in = Files.writeString(streams.resolve("in"), input);
    Path out = streams.resolve("out");
    Path err = streams.resolve("err");
    Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectInput(in.toFile())
        .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + String.join(" ", command) + "\n" + Files.readString(err));
      }
      return new Launched(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly().waitFor();
      for (Path file : List.of(in, out, err, streams)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
