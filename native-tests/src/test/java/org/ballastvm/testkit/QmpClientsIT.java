package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of the machine protocol: one that nobody here wrote, on each kind of line, and those who come and go. */
@Tag("kvm")
@Timeout(600)
class QmpClientsIT {
  @TempDir
  private Path directory;

  private StartedBallast start(String... options) throws IOException {
    List<String> command = new ArrayList<>(
        List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-m", "64", "-monitor", "stdio"));
    command.addAll(List.of(options));
    return new StartedBallast(directory, Map.of(), command);
  }

  private static void assertStatus(String answer) {
    assertTrue(answer.contains("\"return\": {") && answer.contains("\"status\": \"prelaunch\""), answer);
  }

  private Path socket() { return directory.resolve("qmp"); }

  private String askHere(String command) throws IOException {
    try (QmpSocket client = QmpSocket.to(socket()).agree()) {
      return client.ask(command);
    }
  }

  private static void requireSocat() {
    boolean there = Files.isExecutable(Path.of("/usr/bin/socat"));
    assertTrue(there || System.getenv("CI") == null, "CI: no socat");
    Assumptions.assumeTrue(there, "skipped: no socat");
  }

  @Test
  void socatIsGreetedAnsweredAndSentTheEnd() throws Exception {
    requireSocat();
    try (StartedBallast ballast = start("-qmp", "unix:qmp,server=on,wait=off")) {
      ballast.expect(StartedBallast.PROMPT);
      Launched socat = Launched.run(directory, QmpSocket.CAPABILITIES + """
          {"execute": "query-status", "id": 1}
          {"execute": "human-monitor-command", "arguments": {"command-line": "info status"}}
          {"execute": "quit"}
          """, List.of("socat", "-t", "30", "-", "UNIX-CONNECT:qmp"));
      assertEquals(0, socat.status(), socat.errors());
      List<String> lines = socat.output().lines().toList();
      assertEquals(6, lines.size(), socat.output());
      assertTrue(lines.getFirst().startsWith("{\"QMP\": {\"version\": {\"qemu\": {"), lines.getFirst());
      assertEquals("{\"return\": {}}", lines.get(1));
      assertTrue(lines.get(2).startsWith("{\"id\": 1, "), lines.get(2));
      assertStatus(lines.get(2));
      assertEquals("{\"return\": \"VM status: paused (prelaunch)\\r\\n\"}", lines.get(3));
      assertTrue(lines.stream().anyMatch(line -> line.contains("\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, "
          + "\"reason\": \"host-qmp-quit\"}")), socat.output());
      ballast.awaitEnd();
      assertEquals(0, ballast.process().exitValue());
    }
  }

  @Test
  void standardInputAndOutputServeAProgram() throws Exception {
    Launched launched = Launched.with(directory, QmpSocket.CAPABILITIES + "{'execute':\n'query-status'}\n\u0000\n"
        + "{\"execute\":\"quit\"}\n", List.of("-nodefaults", "-S", "-m", "64", "-qmp", "stdio"));
    assertEquals(0, launched.status(), launched.errors());
    List<String> lines = launched.output().lines().toList();
    assertEquals("{\"return\": {}}", lines.get(1));
    assertStatus(lines.get(2));
    assertTrue(lines.get(3).startsWith("{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error, "),
        launched.output());
  }

  @Test
  void aTcpSocketServesPrettily() throws Exception {
    try (StartedBallast ballast = start("-chardev", "socket,id=q,host=127.0.0.1,port=0,server=on,wait=off", "-mon",
        "chardev=q,mode=control,pretty=on", "-qmp", "unix:qmp,server=on,wait=off")) {
      ballast.expect(StartedBallast.PROMPT);
      Matcher port = Pattern.compile("127\\.0\\.0\\.1:(\\d+)").matcher(askHere("query-chardev"));
      assertTrue(port.find());
      try (QmpSocket client = QmpSocket
          .to(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1))))) {
        client.send(QmpSocket.CAPABILITIES);
        assertEquals("{", client.line());
        assertEquals("\"QMP\": {", client.line());
        while (!"{".equals(client.line())) {
          // The rest of the greeting.
        }
        assertEquals("\"return\": {}", client.line());
      }
    }
  }

  @Test
  void aSocketIsForItsOwnerAlone() throws Exception {
    try (StartedBallast ballast = start("-qmp", "unix:qmp,server=on,wait=off")) {
      ballast.expect(StartedBallast.PROMPT);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
    }
  }

  @Test
  void clientsThatAreKilledWhileTheyAskAreFollowedByOthers() throws Exception {
    requireSocat();
    Path questions = Files.writeString(directory.resolve("questions"),
        QmpSocket.CAPABILITIES + "{\"execute\":\"query-commands\"}\n".repeat(5000));
    try (StartedBallast ballast = start("-qmp", "unix:qmp,server=on,wait=off")) {
      ballast.expect(StartedBallast.PROMPT);
      for (int i = 0; i < 10; i++) {
        Process killed = new ProcessBuilder("socat", "-", "UNIX-CONNECT:" + socket()).redirectInput(questions.toFile())
            .start();
        killed.getInputStream().readNBytes(1 + 5000 * i);
        killed.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
      }
      assertStatus(askHere("query-status"));
    }
  }

  @Test
  void oneWhoReadsNoEventsIsDroppedAndTheLogSaysSo() throws Exception {
    try (StartedBallast ballast = start("-qmp", "unix:qmp,server=on,wait=off", "-qmp", "unix:other,server=on,wait=off",
        "-D", "log", "-d", "guest_errors")) {
      ballast.expect(StartedBallast.PROMPT);
      try (QmpSocket deaf = QmpSocket.to(socket()).agree();
          QmpSocket good = QmpSocket.to(directory.resolve("other")).agree()) {
        Path log = directory.resolve("log");
        for (int i = 0; i < 10_000 && Files.size(log) == 0; i++) {
          assertEquals("{\"return\": {}}", good.ask("system_powerdown"));
        }
        assertTrue(Files.readString(log).contains("unix:qmp,server=on: the client does not read; it is dropped"));
        String heard = deaf.line();
        while (heard != null && heard.startsWith("{\"timestamp\"")) {
          heard = deaf.line();
        }
        assertNull(heard == null || heard.isEmpty() ? null : deaf.line(), "hung up in the middle of an event at most");
      }
      assertTrue(askHere("query-status").startsWith("{\"return\": {"));
    }
  }
}
