package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody at a terminal gets it back as it was, however Ballast ends. */
@Tag("kvm")
@Timeout(600)
class TerminalIT {
  private static final String CONSOLE_AND_MONITOR = "-nographic";

  @TempDir
  private Path directory;

  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void chooseTerminal() {
    environment.put("TERM", "xterm");
    environment.put("XDG_STATE_HOME", directory.resolve("state").toString());
  }

  /** A shell on a terminal of its own that prints the terminal's settings before Ballast and after. */
  private StartedBallast shell(String options) throws IOException {
    Path steps = Files.writeString(directory.resolve("steps"), """
        trap : INT
        echo "tty=$(tty)."
        echo "before=$(stty -g)."
        '%s' -S -m 64 -pidfile pid %s
        echo "status=$?."
        echo "after=$(stty -g)."
        """.formatted(Launched.launcher(), options));
    return new StartedBallast(directory, environment,
        List.of("script", "-q", "-f", "-e", "-c", "sh " + steps, "/dev/null"));
  }

  private static String value(StartedBallast shell, String name) throws InterruptedException, TimeoutException {
    shell.expect(name + "=");
    return shell.expect(".");
  }

  private String settings(String terminal) throws IOException, InterruptedException {
    return Launched.run(directory, "", List.of("stty", "-g", "-F", terminal)).output().strip();
  }

  private void signal(String name) throws IOException, InterruptedException {
    long pid = Long.parseLong(Files.readString(directory.resolve("pid")).strip());
    assertEquals(0, Launched.run(directory, "", List.of("kill", "-" + name, Long.toString(pid))).status());
  }

  private static void assertPutBack(StartedBallast shell, String before, int status) throws Exception {
    assertEquals(Integer.toString(status), value(shell, "status"));
    assertEquals(before, value(shell, "after"));
  }

  @ParameterizedTest
  @CsvSource({"Ctrl-A x, '\1x'", "quit, 'quit\r'"})
  void aKeyOrACommandEndsIt(String how, String keys) throws Exception {
    try (StartedBallast shell = shell(CONSOLE_AND_MONITOR)) {
      String terminal = value(shell, "tty");
      String before = value(shell, "before");
      shell.type("\1c");
      shell.expect(StartedBallast.PROMPT);
      assertNotEquals(before, settings(terminal), how);
      shell.type(keys);
      assertPutBack(shell, before, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT"})
  void aSignalEndsIt(String signal) throws Exception {
    try (StartedBallast shell = shell(CONSOLE_AND_MONITOR)) {
      String before = value(shell, "before");
      shell.type("\1c");
      shell.expect(StartedBallast.PROMPT);
      signal(signal);
      assertPutBack(shell, before, 0);
      assertTrue(Files.notExists(directory.resolve("pid")));
    }
  }

  @Test
  void ctrlCEndsAMonitorThatHasTheTerminalToItself() throws Exception {
    try (StartedBallast shell = shell("-nodefaults -monitor stdio")) {
      String before = value(shell, "before");
      shell.expect(StartedBallast.PROMPT);
      shell.type("\3");
      assertPutBack(shell, before, 0);
    }
  }

  @Test
  void ctrlCBelongsToTheGuestWhereItsConsoleIs() throws Exception {
    try (StartedBallast shell = shell(CONSOLE_AND_MONITOR)) {
      String before = value(shell, "before");
      shell.type("\1c");
      shell.expect(StartedBallast.PROMPT);
      shell.type("\1c\3\1cinfo status\r");
      shell.expect("VM status: paused (prelaunch)");
      shell.type("\1x");
      assertPutBack(shell, before, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-nographic -kernel absent", "-nographic -mon nobody", "-nographic -name"})
  void aMistakeLeavesItAlone(String options) throws Exception {
    try (StartedBallast shell = shell(options)) {
      assertPutBack(shell, value(shell, "before"), 2);
    }
  }

  @Test
  void aBugOfOursInACommandIsLoggedWithItsTraceAndTheMachineGoesOn() throws Exception {
    environment.put("BALLAST_JVM_OPTIONS", "--patch-module=org.ballastvm.vmm=" + brokenCommand());
    try (StartedBallast shell = shell(CONSOLE_AND_MONITOR)) {
      String before = value(shell, "before");
      shell.type("\1c");
      shell.expect(StartedBallast.PROMPT);
      shell.type("info version\r");
      shell.expect("a bug in Ballast ended the command info; the machine goes on");
      shell.expect("ArithmeticException: made by a test");
      shell.expect(StartedBallast.PROMPT);
      shell.type("quit\r");
      assertPutBack(shell, before, 0);
      assertTrue(Files.notExists(directory.resolve("pid")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONSOLE_AND_MONITOR, "-nodefaults -monitor stdio"})
  void linesAreEditedCompletedAndRecalled(String options) throws Exception {
    Files.write(directory.resolve("guest"), KernelFiles.bzImage(4096)); // one that can run: it halts
    try (StartedBallast shell = shell(options + " -kernel guest")) {
      String before = value(shell, "before");
      shell.type(options.equals(CONSOLE_AND_MONITOR) ? "\1c" : "");
      shell.expect(StartedBallast.PROMPT);
      shell.type("info statXY\b\b\t\r");
      shell.expect("VM status: paused (prelaunch)");
      shell.expect(StartedBallast.PROMPT);
      shell.type("con\33[Dx\33[3~\b\33[Cn\33[D\33[D\33[Ft\r");
      shell.expect(StartedBallast.PROMPT);
      shell.type("\33[A\33[A\r");
      shell.expect("VM status: running");
      shell.expect(StartedBallast.PROMPT);
      shell.type("quit\r");
      assertPutBack(shell, before, 0);
    }
    assertEquals(List.of("info status", "cont", "info status", "quit"),
        Files.readAllLines(directory.resolve("state/ballast/history")).stream().map(String::strip).toList());
  }

  @Test
  void theHistoryOutlivesTheMachineAndIsItsOwnersAlone() throws Exception {
    Path history = directory.resolve("state/ballast/history");
    for (String keys : List.of("info version\r", "\33[A\33[A\r")) {
      try (StartedBallast shell = shell("-nodefaults -monitor stdio")) {
        shell.expect(StartedBallast.PROMPT);
        shell.type(keys);
        shell.expect("0.1.0");
        shell.expect(StartedBallast.PROMPT);
        shell.type("quit\r");
        assertEquals("0", value(shell, "status"));
      }
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(history)));
  }

  @Test
  void inTheBackgroundOfAShellItRunsAndLeavesTheTerminalAloneUntilItIsInTheForeground() throws Exception {
    environment.put("XDG_RUNTIME_DIR", directory.toString());
    Path steps = Files.writeString(directory.resolve("steps"), """
        set -m
        echo "before=$(stty -g)."
        '%s' -S -m 64 -nographic &
        until ls ballast/* > /dev/null 2>&1; do sleep 0.1; done
        echo "during=$(stty -g)."
        fg > /dev/null
        echo "status=$?."
        echo "after=$(stty -g)."
        """.formatted(Launched.launcher()));
    try (StartedBallast shell = new StartedBallast(directory, environment,
        List.of("script", "-q", "-f", "-e", "-c", "sh " + steps, "/dev/null"))) {
      String before = value(shell, "before");
      assertEquals(before, value(shell, "during"));
      shell.type("\1c");
      shell.expect(StartedBallast.PROMPT);
      shell.type("quit\r");
      assertPutBack(shell, before, 0);
    }
  }

  @Test
  void aMonitorThatIsTurnedAwayFromShowsItsLineAgain() throws Exception {
    try (StartedBallast shell = shell(CONSOLE_AND_MONITOR)) {
      String before = value(shell, "before");
      shell.type("\1c");
      shell.expect(StartedBallast.PROMPT);
      shell.type("info sta");
      shell.expect("info sta");
      shell.type("\1c\1c");
      shell.expect(StartedBallast.PROMPT + "info sta");
      shell.type("tus\r");
      shell.expect("VM status: paused (prelaunch)");
      shell.type("\1x");
      assertPutBack(shell, before, 0);
    }
  }

  @Test
  void aTerminalThatCannotMoveItsCursorIsServedToo() throws Exception {
    environment.put("TERM", "dumb");
    try (StartedBallast shell = shell(CONSOLE_AND_MONITOR)) {
      String before = value(shell, "before");
      shell.type("\1cinfo status\r");
      shell.expect("VM status: paused (prelaunch)");
      shell.type("quit\r");
      assertPutBack(shell, before, 0);
    }
  }

  @Test
  void somebodyElsesTerminalIsAMonitorToo() throws Exception {
    environment.put("XDG_RUNTIME_DIR", directory.toString());
    try (StartedBallast machine = new StartedBallast(directory, environment,
        List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-monitor", "stdio", "-name", "web1"))) {
      machine.expect(StartedBallast.PROMPT);
      try (StartedBallast shell = new StartedBallast(directory, environment, List.of("script", "-q", "-f", "-e", "-c",
          Launched.launcher() + " monitor web1", "/dev/null"))) {
        shell.expect(StartedBallast.PROMPT);
        shell.type("info st\tx\3info stat\t\n");
        shell.expect("VM status: paused (prelaunch)");
        shell.expect(StartedBallast.PROMPT);
        shell.type("\4");
        shell.awaitEnd();
        assertEquals(0, shell.process().exitValue());
      }
      machine.type("info status\n");
      machine.expect("VM status");
    }
  }

  /** {@return where there is a class to take the place of one of ours, and breaks} */
  private Path brokenCommand() throws IOException, InterruptedException {
    Path source = Files.writeString(directory.resolve("InfoVersion.java"), """
        package org.ballastvm.vmm.monitor;
        final class InfoVersion implements Command {
          @Override public java.util.List<String> names() { return java.util.List.of("version"); }
          @Override public String parameters() { return ""; }
          @Override public String help() { return "breaks"; }
          @Override public String run(org.ballastvm.vmm.machine.Machine vm, Arguments arguments) {
            throw new ArithmeticException("made by a test");
          }
        }
        """);
    Path classes = directory.resolve("classes");
    Path library = Launched.launcher().resolveSibling("native-tests/target/dist/lib");
    Launched compiler = Launched.run(directory, "",
        List.of(Path.of(System.getProperty("java.home"), "bin", "javac").toString(), "-p", library.toString(),
            "--add-modules", "org.ballastvm.vmm", "--patch-module", "org.ballastvm.vmm=" + directory, "-d",
            classes.toString(), source.toString()));
    assertEquals(0, compiler.status(), compiler.errors());
    return classes;
  }
}
