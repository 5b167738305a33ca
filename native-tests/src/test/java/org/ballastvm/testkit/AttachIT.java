package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding machines that run, and talking to them: ballast ps, ballast monitor. */
@Tag("kvm")
@Timeout(600)
class AttachIT {
  private static final String NONE = "NAME  PID  STATUS  MEMORY  HELD  RESIDENT  SOCKETS\n";

  @TempDir
  private Path directory;

  private Map<String, String> environment;

  @BeforeEach
  void makeDirectories() throws IOException {
    environment = Map.of("XDG_RUNTIME_DIR", Files.createDirectory(directory.resolve("run")).toString(),
        "XDG_STATE_HOME", directory.resolve("state").toString(), "TERM", "xterm");
  }

  private StartedBallast start(String name, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-m", "64",
        "-monitor", "stdio", "-name", name));
    command.addAll(List.of(options));
    StartedBallast started = new StartedBallast(directory, environment, command);
    started.expect(StartedBallast.PROMPT);
    return started;
  }

  private Launched run(String input, String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("env"));
    environment.forEach((variable, value) -> command.add(variable + "=" + value));
    command.add(Launched.launcher().toString());
    command.addAll(List.of(words));
    return Launched.run(directory, input, command);
  }

  private Path entry(StartedBallast machine, String ending) {
    return directory.resolve("run/ballast/" + machine.process().pid() + ending);
  }

  /** Where code runs slowly, a machine that has just started may be too busy to say its state at once. */
  private List<String> psOnceAllAnswer() throws IOException, InterruptedException {
    List<String> rows = run("", "ps").output().lines().toList();
    for (int tries = 0; tries < 10 && rows.stream().anyMatch(row -> row.matches("\\S+ +[0-9]+ +- .*")); tries++) {
      rows = run("", "ps").output().lines().toList();
    }
    return rows;
  }

  @Test
  void machinesAreListedWhileTheyRun() throws Exception {
    assertEquals(NONE, run("", "ps").output());
    try (StartedBallast one = start("web1", "-monitor", "unix:web1.sock,server,nowait");
        StartedBallast two = start("db")) {
      List<String> rows = psOnceAllAnswer();
      assertEquals(3, rows.size());
      assertTrue(rows.stream().anyMatch(row -> row.matches("web1 +" + one.process().pid()
          + " +prelaunch +64M +64M +[0-9]+M +unix:" + directory.resolve("web1.sock"))), rows.toString());
      assertTrue(rows.stream().anyMatch(row -> row.matches("db +" + two.process().pid() + " .* -")), rows.toString());
      two.type("quit\n");
      two.awaitEnd();
      assertEquals(2, run("", "ps").output().lines().count());
      assertFalse(Files.exists(entry(two, ".json")));
      assertFalse(Files.exists(entry(two, ".sock")));
    }
  }

  @Test
  void scriptsReadJson() throws Exception {
    try (StartedBallast machine = start("a \"b\"", "-qmp", "tcp:127.0.0.1:0,server,nowait")) {
      String json = run("", "ps", "--json").output().replaceAll("\\s+", " ");
      assertTrue(json.contains("\"name\": \"a \\\"b\\\"\", \"pid\": " + machine.process().pid()
          + ", \"status\": \"prelaunch\", \"memory\": 67108864, \"held\": 67108864, \"resident\": "), json);
      assertTrue(json.contains("{ \"mode\": \"control\", \"address\": \"tcp:127.0.0.1:"), json);
    }
  }

  @Test
  void whatAKilledMachineLeavesBehindIsNoMachine() throws Exception {
    try (StartedBallast machine = start("web1")) {
      machine.process().destroyForcibly();
      machine.awaitEnd();
      assertTrue(Files.exists(entry(machine, ".json")));
      assertEquals(NONE, run("", "ps").output());
      assertFalse(Files.exists(entry(machine, ".json")));
      assertFalse(Files.exists(entry(machine, ".sock")));
    }
  }

  @Test
  void aProcessThatCameLaterToTheSameNumberIsNoMachine() throws Exception {
    try (StartedBallast machine = start("web1")) {
      Path entry = entry(machine, ".json");
      Files.writeString(entry, Files.readString(entry).replaceFirst("\"start-ticks\": ", "$01"));
      assertEquals(NONE, run("", "ps").output());
    }
  }

  @Test
  void aMachineThatDoesNotAnswerIsListedWithWhatIsKnown() throws Exception {
    try (StartedBallast machine = start("web1")) {
      String pid = Long.toString(machine.process().pid());
      Launched.run(directory, "", List.of("kill", "-STOP", pid));
      String output = run("", "ps").output();
      Launched.run(directory, "", List.of("kill", "-CONT", pid));
      assertTrue(output.lines().toList().get(1).matches("web1 +" + pid + " +- +64M +- +[0-9]+M +-"), output);
    }
  }

  @Test
  void othersCannotComeNear() throws Exception {
    try (StartedBallast machine = start("web1")) {
      assertEquals("rwx------", PosixFilePermissions
          .toString(Files.getPosixFilePermissions(entry(machine, ".json").getParent())));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(entry(machine, ".sock"))));
    }
  }

  @Test
  void aMachineThatCannotBeAnnouncedRunsAllTheSame() throws Exception {
    Files.writeString(directory.resolve("run/ballast"), "in the way");
    Launched launched = run("info status\nquit\n", "-nodefaults", "-S", "-m", "64", "-monitor", "stdio");
    assertEquals(0, launched.status());
    assertTrue(launched.output().contains("VM status: paused (prelaunch)"));
    assertEquals(1, launched.errors().lines().count(), launched.errors());
    assertTrue(launched.errors().contains("this machine is not in 'ballast ps'"), launched.errors());
  }

  @Test
  void severalAskOneMachineAtOnce() throws Exception {
    try (StartedBallast machine = start("web1");
        StartedBallast asking = new StartedBallast(directory, environment,
            List.of(Launched.launcher().toString(), "monitor", "web1"))) {
      asking.type("info status\n");
      asking.expect("VM status: paused (prelaunch)");
      assertEquals("VM status: paused (prelaunch)\n", run("", "monitor", "web1", "info", "status").output());
      assertTrue(run("", "ps").output().contains("prelaunch"));
      machine.type("quit\n");
      machine.awaitEnd();
      asking.type("info status\n");
      assertTrue(asking.awaitEnd().contains("ballast: monitor web1: "));
      assertEquals(1, asking.process().exitValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"web1", "PID", "human", "unix:human", "qmp"})
  void aMonitorIsReachedByNameByPidAndBySocket(String target) throws Exception {
    try (StartedBallast machine = start("web1", "-monitor", "unix:human,server,nowait", "-qmp",
        "unix:qmp,server,nowait")) {
      String where = target.equals("PID") ? Long.toString(machine.process().pid()) : target;
      assertEquals(new Launched(0, "VM status: paused (prelaunch)\n", ""), run("", "monitor", where, "info", "status"));
      assertEquals(new Launched(0, "VM status: running\n", ""), run("cont\ninfo status\n", "monitor", where));
      Launched mistaken = run("info status\nballoon x\nbaloon\n", "monitor", where);
      assertEquals(1, mistaken.status());
      assertTrue(mistaken.output().endsWith("unknown command: 'baloon'\n"), mistaken.output());
      assertEquals(new Launched(0, "", ""), run("", "monitor", where, "quit"));
      machine.awaitEnd();
    }
  }

  @Test
  void whatIsNotThereIsSaid() throws Exception {
    assertEquals(2, run("", "monitor", "nobody").status());
    Launched absent = run("", "monitor", "./absent", "info", "status");
    assertEquals(1, absent.status());
    assertTrue(absent.errors().startsWith("ballast: monitor ./absent: "), absent.errors());
    assertEquals("ballast: ps --all: there is no such option; ps --help lists what it takes\n",
        run("", "ps", "--all").errors());
  }

  @Test
  void aNameThatSeveralHaveIsNoName() throws Exception {
    try (StartedBallast one = start("twin"); StartedBallast two = start("twin")) {
      String errors = run("", "monitor", "twin", "info", "status").errors();
      assertTrue(errors.contains(Long.toString(one.process().pid())), errors);
      assertTrue(errors.contains(Long.toString(two.process().pid())), errors);
    }
  }

  @Test
  void theEntryOfADaemonIsTheDaemons() throws Exception {
    assertEquals(0,
        run("", "-daemonize", "-nodefaults", "-S", "-m", "64", "-name", "back", "-pidfile", "pid").status());
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(Files.readString(directory.resolve("pid")).strip()))
        .orElseThrow();
    assertEquals("VM status: paused (prelaunch)\n", run("", "monitor", "back", "info status").output());
    assertEquals(0, run("", "monitor", Long.toString(daemon.pid()), "quit").status());
    daemon.onExit().get(240, TimeUnit.SECONDS);
  }
}
