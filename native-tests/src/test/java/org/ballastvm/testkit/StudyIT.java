package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ballast study}, as its user runs it: small, so that it ends soon. */
class StudyIT {
  private static final int PATIENCE_SECONDS = 400;

  @TempDir
  private Path directory;

  @BeforeAll
  static void needsGuests() {
    try {
      GuestHosts.find();
    } catch (RigError | ImageError e) {
      if (GuestExtension.mustRun()) {
        throw e;
      }
      Assumptions.abort(e.getMessage());
    }
  }

  private static List<String> command(String... options) {
    return Stream.concat(Stream.of(Launched.launcher().toString(), "study", "--memory", "256M", "--resize", "128M",
        "--load", "32", "--rounds", "1"), Stream.of(options)).toList();
  }

  private static Map<String, String> row(List<String> lines, int number) {
    List<String> names = List.of(lines.getFirst().split(",", -1));
    List<String> values = List.of(lines.get(number).split(",", -1));
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      row.put(names.get(i), values.get(i));
    }
    return row;
  }

  private static void assertBetween(double least, double most, Map<String, String> row, String column) {
    double value = Double.parseDouble(row.get(column));
    assertTrue(value >= least && value <= most, column + " is out of bounds in " + row);
  }

  @Test
  void eachMeansGrowsTheGuestShrinksItAndGivesTheHostItsMemory() throws IOException, InterruptedException {
    Process study = new ProcessBuilder(command("--csv", "table.csv", "--svg", "chart.svg"))
        .directory(directory.toFile()).redirectOutput(directory.resolve("output").toFile())
        .redirectError(directory.resolve("errors").toFile()).start();
    try {
      assertTrue(study.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "no end: " + read("errors"));
    } finally {
      study.destroy();
    }
    assertEquals(0, study.exitValue(), () -> read("output") + read("errors"));
    List<String> lines = Files.readAllLines(directory.resolve("table.csv"));
    assertEquals(1 + 2 * 3, lines.size());
    List<String> means = List.of("balloon", "virtio-mem", "dimm");
    for (int i = 0; i < means.size(); i++) {
      Map<String, String> row = row(lines, 1 + 2 * i);
      assertEquals(means.get(i), row.get("means"));
      assertBetween(85, 115, row, "returned_percent");
      assertBetween(0.001, 120, row, "grow_s");
      assertBetween(0.001, 120, row, "shrink_s");
      assertBetween(0.0001, 60_000, row, "stall_shrink_ms");
      assertBetween(1, 100_000, row, "calls_shrink");
      if (!row.get("huge_percent").isEmpty()) { // a host may make none
        assertBetween(0, 100, row, "huge_percent");
      }
    }
    assertTrue(read("output").contains("virtio-mem") && read("chart.svg").contains("</svg>"));
  }

  @Test
  void whoInterruptsItLeavesNothingBehind() throws IOException, InterruptedException, TimeoutException {
    try (StartedBallast study = new StartedBallast(directory, Map.of(),
        command("--means", "balloon", "--csv", "t.csv"))) {
      study.expect("round 1 of 1: booting");
      List<ProcessHandle> family = study.process().descendants().toList();
      assertFalse(family.isEmpty());
      study.process().destroy(); // SIGTERM, which is handled as SIGINT is
      study.awaitEnd();
      for (ProcessHandle each : family) {
        each.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
      }
      assertTrue(Files.notExists(directory.resolve("t.csv")));
    }
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
