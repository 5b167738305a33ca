package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** 64 clients at once, most of them up to no good. */
@Tag("kvm")
@Timeout(600)
class QmpCrowdIT {
  private static final int CLIENTS = 64;
  private static final int KINDS = 8;
  /** The heap may grow to its 96 MiB; more may not come of it. */
  private static final long MOST_GROWTH_KIB = 112 << 10;

  @TempDir
  private Path directory;

  /** Clients that are still there, and must not be collected before the end. */
  private final List<QmpSocket> staying = new ArrayList<>();

  private Path socket(int number) { return directory.resolve("qmp" + number); }

  private StartedBallast start() throws IOException {
    List<String> command = new ArrayList<>(
        List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-m", "64", "-monitor", "stdio"));
    for (int i = 0; i < CLIENTS; i++) {
      command.addAll(List.of("-qmp", "unix:qmp" + i + ",server=on,wait=off"));
    }
    return new StartedBallast(directory, Map.of(), command);
  }

  private QmpSocket stay(int number) throws IOException {
    QmpSocket client = QmpSocket.to(socket(number)).agree();
    synchronized (staying) {
      staying.add(client);
    }
    return client;
  }

  private static void assertAnswered(QmpSocket client, String id) throws IOException {
    String answer = client.say("{\"execute\":\"query-status\",\"id\":\"" + id + "\"}");
    assertTrue(answer.startsWith("{\"id\": \"" + id + "\", \"return\": {") && answer.contains("\"prelaunch\""), answer);
  }

  /** One error, and the next command is answered. */
  private static void assertOneError(QmpSocket client, String sentence) throws IOException {
    String error = client.say("");
    assertTrue(error.contains("\"desc\": \"JSON parse error, " + sentence), error);
    assertAnswered(client, "after " + sentence.hashCode());
  }

  private Void behave(int number) throws IOException {
    switch (number % KINDS) {
      case 0 -> askAndReconnect(number);
      case 1 -> askAndNeverRead(stay(number), "{\"execute\":\"query-qmp-schema\"}\n{\"execute\":\"query-commands\"}\n");
      case 2 -> stay(number).send("{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"" + "/".repeat(60_000));
      case 3 -> talkNonsense(number);
      case 4 -> leaveHalfWay(number);
      case 5 -> sayAllThatIsWrong(number);
      case 6 -> stay(number).send("[" + "{\"\":0},".repeat(2000));
      default -> askAndNeverRead(stay(number), "}");
    }
    return null;
  }

  private void askAndReconnect(int number) throws IOException {
    for (int i = 0; i < 5; i++) {
      try (QmpSocket client = QmpSocket.to(socket(number)).agree()) {
        for (int j = 0; j < 100; j++) {
          assertAnswered(client, number + "." + i + "." + j);
        }
      }
    }
  }

  /** Until nothing more is taken, or 4 MiB were. */
  private static void askAndNeverRead(QmpSocket client, String question) throws IOException {
    client.channel().configureBlocking(false);
    ByteBuffer questions = ByteBuffer.wrap((question.repeat(4096) + "\n").getBytes(StandardCharsets.US_ASCII));
    long refused = 0;
    for (long sent = 0; sent < 4 << 20 && refused < 100_000; refused++) {
      int written = client.channel().write(questions.hasRemaining() ? questions : questions.rewind());
      sent += written;
      refused = written > 0 ? 0 : refused;
    }
  }

  private void talkNonsense(int number) throws IOException {
    byte[] noise = new byte[256 << 10];
    new Random(number).nextBytes(noise);
    try (QmpSocket client = QmpSocket.to(socket(number)).agree()) {
      askAndNeverRead(client, new String(noise, 0, 64, StandardCharsets.ISO_8859_1));
    }
  }

  private void leaveHalfWay(int number) throws IOException {
    for (int i = 0; i < 20; i++) {
      try (QmpSocket client = QmpSocket.to(socket(number)).agree()) {
        client.send("{\"execute\":\"query-commands\"}".repeat(i) + "{\"execute\": \"qu");
      }
    }
  }

  private void sayAllThatIsWrong(int number) throws IOException {
    QmpSocket client = stay(number);
    client.send("{\"execute\": \"");
    String piece = "x".repeat(64 << 10);
    for (int i = 0; i < (number == 5 ? 1600 : 16); i++) { // 100 MiB, once
      client.send(piece);
    }
    assertOneError(client, "the message is longer than 65536 bytes");
    client.send("[".repeat(100_000));
    assertOneError(client, "Document nesting depth");
    client.send("{\"execute\": \"\u00c3(\"}");
    assertOneError(client, "Invalid UTF-8");
    client.send("{\"execute\": \"\u0000\"}");
    assertOneError(client, "Illegal");
  }

  private static long residentKib(StartedBallast ballast) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(ballast.process().pid()), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst().orElseThrow();
  }

  @Test
  void theGoodAreAnsweredAndTheMachineRunsOn() throws Exception {
    try (StartedBallast ballast = start(); ExecutorService crowd = Executors.newFixedThreadPool(CLIENTS)) {
      ballast.expect(StartedBallast.PROMPT);
      long before = residentKib(ballast);
      List<Callable<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        clients.add(() -> behave(number));
      }
      for (Future<Void> client : crowd.invokeAll(clients)) {
        client.get();
      }
      try (QmpSocket late = QmpSocket.to(socket(0)).agree()) {
        assertAnswered(late, "late");
      }
      long after = residentKib(ballast);
      System.out.printf("64 clients: resident %d KiB before, %d KiB after%n", before, after);
      assertTrue(after - before < MOST_GROWTH_KIB, before + " KiB before, " + after + " KiB after");
      ballast.type("quit\n");
      ballast.awaitEnd();
      assertEquals(0, ballast.process().exitValue());
    } finally {
      for (QmpSocket client : staying) {
        client.close();
      }
    }
  }
}
