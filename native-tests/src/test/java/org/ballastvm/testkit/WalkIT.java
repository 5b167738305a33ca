package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.Kernel;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.testkit.run.GuestRun;
import org.ballastvm.testkit.run.RunWish;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk of docs/driver-testing.md, by the lines that stand there. */
@GuestTest
@Tag("more")
class WalkIT {
  private static final Path PAGE = Path.of("../docs/driver-testing.md");
  private static final Path EXAMPLES = Path.of("../docs/examples");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int BUILD_MINUTES = 2;
  private static Kernel kernel;

  private final GuestHost host = GuestHosts.find();

  @BeforeAll
  static void make() {
    GuestImages images = GuestHosts.images();
    GuestRun.prepare(RunWish.of(List.of("true")), images);
    kernel = images.kernel(DebianFlavour.STOCK);
  }

  private static List<String> runs() throws IOException {
    return Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("    ballast run "))
        .map(line -> line.replaceAll(" +#.*", "").strip()).filter(line -> line.contains("Edu.java")).toList();
  }

  private HostedProcess start(String line, Path directory) {
    List<String> words = new ArrayList<>(List.of(line.split(" ")).subList(1, line.split(" ").length));
    words.addAll(1, List.of("--cwd", directory.toString()));
    words.replaceAll(word -> word.replace("source=", "source=" + directory + "/"));
    return host.start(Ballast.command(words, List.of()));
  }

  /** The walk's transcript, in the test's output: each line, how it ended, and when. */
  private static void note(String line, int status, String output, long begunNanos) {
    System.out.printf("$ %s%n%s[exit status %d after %.1f s]%n", line, output, status,
        (System.nanoTime() - begunNanos) / 1e9);
  }

  private static void onHost(Path directory, String... words) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Path log = directory.resolve("log");
    Process process = new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start();
    assertTrue(process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) && process.exitValue() == 0, Files.readString(log));
    note(String.join(" ", words), 0, "", begun);
  }

  private void assertEnd(int status, String output, String line, Path directory) {
    long begun = System.nanoTime();
    HostedProcess process = start(line, directory);
    int end = process.waitFor(PATIENCE).orElseThrow(() -> new AssertionError(line + " does not end in "
        + PATIENCE.toSeconds() + " s: " + process.output().text() + process.errors().text()));
    note(line, end, process.output().text() + process.errors().text(), begun);
    assertEquals(output, process.output().whole(PATIENCE), () -> process.errors().text());
    assertEquals(status, end, () -> process.errors().text());
  }

  @Test
  void aDriverFailsAndThenPassesAndAFaultIsAnError(@TempDir Path directory) throws Exception {
    try (Stream<Path> files = Files.list(EXAMPLES.resolve("edu"))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    Files.copy(EXAMPLES.resolve("Edu.java"), directory.resolve("Edu.java"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> runs = runs();
    String headers = "KERNEL=" + MisdeedModule.headers(kernel.release());

    onHost(directory, "make", headers);
    assertEnd(1, "read ''\n", runs.get(0), directory);
    onHost(directory, "sh", "-c", "patch < fix.patch && make " + headers);
    assertEnd(0, "passed\n", runs.get(1), directory);
    assertEnd(1, "", runs.get(2), directory);
  }
}
