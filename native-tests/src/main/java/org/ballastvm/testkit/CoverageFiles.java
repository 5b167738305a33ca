package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.coverage.Tracefile;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Coverage} asks for: counters that begin with a test, and a file of them at its end. */
final class CoverageFiles {
  private static final String PROPERTY = "ballast.coverage";

  private CoverageFiles() {}

  static boolean isWanted(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getElement(), Coverage.class)
        || AnnotationSupport.isAnnotated(context.getTestClass(), Coverage.class);
  }

  /** Has all counters begin with the test; what an earlier run said of it is gone. */
  static void begin(ExtensionContext context, List<Guest> guests) {
    Path file = file(context);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new RigError("coverage: " + file + " cannot be removed: " + e.getMessage(), e);
    }
    running(guests).forEach(guest -> KernelCoverage.of(guest).reset());
  }

  /** Writes what guests have counted since. */
  static void end(ExtensionContext context, List<Guest> guests) {
    Path file = file(context);
    List<Guest> running = running(guests);
    if (running.isEmpty()) {
      System.err.println("ballast: there is no " + file + ": none of the test's guests runs any more");
      return;
    }
    Tracefile all = running.stream().map(guest -> KernelCoverage.of(guest).read()).reduce(Tracefile.EMPTY,
        Tracefile::plus);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, all.text(context.getRequiredTestClass().getSimpleName() + "_"
          + context.getRequiredTestMethod().getName()));
    } catch (IOException e) {
      throw new RigError("coverage: " + file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static List<Guest> running(List<Guest> guests) { return guests.stream().filter(Guest::isRunning).toList(); }

  private static Path file(ExtensionContext context) {
    String named = System.getProperty(PROPERTY);
    Path directory = named != null
        ? Path.of(named)
        : BuildOutput.directory().orElse(Path.of("")).resolve("coverage");
    String invocation = context.getUniqueId().contains("test-template-invocation")
        ? "." + context.getDisplayName().replaceAll("[^A-Za-z0-9.]+", "-").replaceFirst("^[.-]+", "")
        : "";
    return directory.resolve(context.getRequiredTestClass().getSimpleName() + "."
        + context.getRequiredTestMethod().getName() + invocation + ".info");
  }
}
