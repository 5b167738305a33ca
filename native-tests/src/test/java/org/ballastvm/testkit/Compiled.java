package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.spi.ToolProvider;

/** Sources that a test compiles by itself, outside this build. */
final class Compiled {
  private Compiled() {}

  /** Compiles, by this JDK's own compiler, whose complaints go to standard error. */
  static void by(List<String> arguments) {
    PrintWriter console = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    assertEquals(0, ToolProvider.findFirst("javac").orElseThrow().run(console, console,
        arguments.toArray(String[]::new)));
  }
}
