package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package's JVM has seen what a start does: a class that it makes anew takes each start a millisecond or more. */
@Tag("kvm")
class TrainedStartIT {
  private static final int SECONDS = 120;
  /** What the JVM makes for the one foreign call through which all go. */
  private static final int FORMS_OF_FOREIGN_CALL = 5;
  private static final String CACHED = "source: shared objects file";

  @Test
  void aPlainStartMakesNoClassOfOurs(@TempDir Path directory) throws Exception {
    Path log = directory.resolve("classes");
    Path output = directory.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(Launched.launcher().toString(), "-nodefaults", "-display", "none", "-S",
        "-m", "64", "-monitor", "stdio").redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("BALLAST_JVM_OPTIONS", "-Xlog:class+load:file=" + log);
    Process process = builder.start();
    try (Writer monitor = process.outputWriter()) {
      monitor.write("info status\nquit\n");
    }
    assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "it does not end");
    assertTrue(Files.readString(output).contains("VM status: paused (prelaunch)"), Files.readString(output));

    List<String> loaded = Files.readAllLines(log);
    assertTrue(loaded.stream().anyMatch(line -> line.contains("org.ballastvm.") && line.contains(CACHED)),
        "the package has no cache of classes, or the JVM does not take it");
    assertEquals("", String.join("\n",
        loaded.stream().filter(line -> line.contains(" org.ballastvm.") && !line.contains(CACHED)).toList()));
    List<String> forms = loaded.stream().filter(line -> line.contains("LambdaForm$MH/0x") && !line.contains(CACHED))
        .toList();
    assertTrue(forms.size() <= FORMS_OF_FOREIGN_CALL,
        () -> "equals(), hashCode() or toString() of a record, or a text that is put together, is made anew: " + forms);
  }
}
