package org.ballastvm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.ballastvm.testkit.agent.Agent;
import org.ballastvm.testkit.agent.GuestCommand;
import org.ballastvm.testkit.agent.GuestConnection;
import org.ballastvm.testkit.agent.GuestEnd;
import org.ballastvm.testkit.agent.GuestProcess;
import org.ballastvm.testkit.agent.GuestResult;
import org.ballastvm.testkit.numbers.Median;
import org.junit.jupiter.api.Test;

/** The agent of a guest, beside its console. */
@GuestTest
class GuestExecIT {
  private static final int AT_ONCE = 6;
  private static final int RUNS = 15;
  private static final int FILE_BYTES = 300_000;

  @Test
  void theAgentServesWhileTheConsoleDoes(@Boot(value = {"-m", "256"}, agent = true) Guest guest) throws IOException {
    assertEquals(new GuestResult(new GuestEnd.Exited(3), "out\n", "err\n"),
        guest.exec("sh", "-c", "echo out; echo err >&2; exit 3"));
    runManyAtOnce(guest.agent());
    bringFilesBothWays(guest.agent());
    reachAPort(guest.agent());
    compareWithTheConsole(guest);
  }

  private static void runManyAtOnce(Agent agent) throws IOException {
    List<GuestProcess> processes = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      processes.add(agent.start(GuestCommand.of("sh", "-c", "read word; echo " + i + " $word")));
    }
    for (int i = AT_ONCE - 1; i >= 0; i--) {
      processes.get(i).input().write("go\n".getBytes(UTF_8));
      assertEquals(i + " go\n", new String(processes.get(i).output().readAllBytes(), UTF_8));
      assertEquals(new GuestEnd.Exited(0), processes.get(i).waitFor());
    }
  }

  private static void bringFilesBothWays(Agent agent) throws IOException {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(4).nextBytes(bytes);
    agent.write("/tmp/file", 0751, new ByteArrayInputStream(bytes));
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    assertEquals(0751, agent.read("/tmp/file", back));
    assertArrayEquals(bytes, back.toByteArray());
  }

  private static void reachAPort(Agent agent) throws IOException {
    agent.run(GuestCommand.of("ip", "link", "set", "lo", "up"));
    try (GuestProcess server = agent.start(GuestCommand.of("sh", "-c", "nc -l -p 99 -e cat & echo up; wait"))) {
      server.output().read();
      agent.run(GuestCommand.of("sh", "-c", "until netstat -tln | grep -q :99; do usleep 10000; done"));
      try (GuestConnection connection = agent.connect(99)) {
        connection.output().write("there and back".getBytes(UTF_8));
        connection.output().close();
        assertEquals("there and back", new String(connection.input().readAllBytes(), UTF_8));
      }
    }
  }

  private static void compareWithTheConsole(Guest guest) {
    guest.exec("true");
    double console = millis(() -> guest.run("/bin/true"));
    double agent = millis(() -> guest.exec("/bin/true"));
    System.out.printf("a program that does nothing, warm: %.1f ms by the console, %.1f ms by the agent: %.2f%n",
        console,
        agent, agent / console);
  }

  private static double millis(Runnable command) {
    return Median.of(DoubleStream.generate(() -> {
      long start = System.nanoTime();
      command.run();
      return (System.nanoTime() - start) / 1e6;
    }).limit(RUNS)).orElseThrow();
  }
}
