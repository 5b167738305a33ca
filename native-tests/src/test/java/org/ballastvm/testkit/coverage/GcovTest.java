package org.ballastvm.testkit.coverage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counters of a program, which this host's gcc built, as a kernel would hand them out. */
class GcovTest {
  private static final String SOURCE = """
      int main(int argc, char **argv)
      {
      	int sum = 0;
      	for (int i = 0; i < 3; i++)
      		sum += i;
      	if (argc > 1)
      		sum = 7;
      	return sum - 3;
      }
      """;

  @TempDir
  private Path tree;

  private byte[] counters;

  @BeforeEach
  void buildAndRun() throws IOException, InterruptedException {
    build(SOURCE);
    succeed("./program");
    counters = Files.readAllBytes(tree.resolve("main.gcda"));
    Files.delete(tree.resolve("main.gcda"));
  }

  private void build(String source) throws IOException, InterruptedException {
    Files.writeString(tree.resolve("main.c"), source);
    succeed("gcc", "-O0", "--coverage", "-c", "main.c", "-o", "main.o");
    succeed("gcc", "--coverage", "main.o", "-o", "program");
  }

  private void succeed(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).directory(tree.toFile()).inheritIO().start();
    assertEquals(0, process.waitFor(), () -> String.join(" ", command));
  }

  private Tracefile read() {
    try (Gcov gcov = Gcov.open()) {
      gcov.add(tree.resolve("main.gcda").toString(), counters);
      return gcov.read();
    }
  }

  @Test
  void linesAreCounted() {
    Tracefile all = read();
    assertEquals(List.of(tree.resolve("main.c").toString()), List.copyOf(all.sources().keySet()));
    assertEquals(Map.of(1, 1L, 3, 1L, 4, 4L, 5, 3L, 6, 1L, 7, 0L, 8, 1L), all.source("main.c").lines());
  }

  @Test
  void aTreeThatWasBuiltAgainIsRefused() throws IOException, InterruptedException {
    build(SOURCE.replace("sum - 3", "argc > 2 ? sum : sum - 3"));
    assertTrue(assertThrows(RigError.class, this::read).getMessage().contains("stamp mismatch"));
  }

  @Test
  void countersOfAnotherSeriesAreRefused() {
    counters[4]++;
    assertTrue(assertThrows(RigError.class, this::read).getMessage().contains("version"));
  }

  @Test
  void aTreeThatIsGoneIsNamed() throws IOException {
    Files.delete(tree.resolve("main.gcno"));
    String message = assertThrows(RigError.class, this::read).getMessage();
    assertTrue(message.contains(tree.resolve("main.gcno") + " is not there"), message);
  }

  @Test
  void aGuestWritesNowhereElse() {
    try (Gcov gcov = Gcov.open()) {
      for (String path : List.of("main.gcda", "/a/../../b.gcda", "/etc/passwd", "/..gcda/../x.gcda")) {
        assertThrows(RigError.class, () -> gcov.add(path, counters), path);
      }
    }
  }
}
