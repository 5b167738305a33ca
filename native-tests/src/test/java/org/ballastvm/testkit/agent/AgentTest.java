package org.ballastvm.testkit.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ballastvm.kvm.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the agent does, and what it and this side of the channel do not let the other do. */
@Timeout(120)
class AgentTest {
  private static final int BIG_BYTES = 5 << 20;

  @TempDir
  private Path directory;

  private Agent agent;

  @BeforeEach
  void greet() throws IOException { agent = LocalAgent.agent(); }

  @AfterEach
  void end() { agent.close(); }

  private static GuestCommand shell(String script) { return GuestCommand.of("sh", "-c", script); }

  @Test
  void aProgramHasItsArgumentsEnvironmentAndDirectory() {
    GuestResult result = agent.run(GuestCommand.of("sh", "-c", "echo \"$0 $1 [$WORD] $(pwd)\"", "a b", "")
        .with("WORD", "x\ny").in(directory.toString()));

    assertEquals(new GuestResult(new GuestEnd.Exited(0), "a b  [x\ny] " + directory + "\n", ""), result);
  }

  @Test
  void outputErrorsAndStatusAreApart() {
    GuestResult result = agent.run(shell("echo one; echo two >&2; exit 42"));

    assertEquals(new GuestResult(new GuestEnd.Exited(42), "one\n", "two\n"), result);
  }

  @Test
  void outputComesWhileTheProgramRuns() throws IOException {
    try (GuestProcess process = agent.start(GuestCommand.of("cat"))) {
      for (String word : List.of("first\n", "second\n")) {
        process.input().write(word.getBytes(UTF_8));
        assertEquals(word, new String(process.output().readNBytes(word.length()), UTF_8));
      }
      process.input().close();
      assertEquals(new GuestEnd.Exited(0), process.waitFor());
    }
  }

  @Test
  void aBigPipeLosesNothing() throws IOException {
    byte[] bytes = new byte[BIG_BYTES];
    new Random(1).nextBytes(bytes);
    try (GuestProcess process = agent.start(GuestCommand.of("cat"))) {
      Thread.ofVirtual().start(() -> feed(process, bytes));
      assertArrayEquals(bytes, process.output().readAllBytes());
    }
  }

  private static void feed(GuestProcess process, byte[] bytes) {
    try (OutputStream input = process.input()) {
      input.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aStreamThatNobodyReadsKeepsNobodyElseWaiting() throws IOException {
    try (GuestProcess stuck = agent.start(shell("yes"))) {
      stuck.output().read();
      assertEquals("done\n", agent.run(GuestCommand.of("echo", "done")).output());
    }
  }

  @Test
  void whoReadsNoMoreIsFelt() throws IOException {
    try (GuestProcess process = agent.start(GuestCommand.of("yes"))) {
      process.output().read();
      process.output().close();
      assertEquals(new GuestEnd.Killed(13), process.waitFor());
    }
  }

  @Test
  void aProgramThatReadsNoMoreIsFelt() {
    try (GuestProcess process = agent.start(shell("exec <&-; sleep 60"))) {
      IOException failure = assertThrows(IOException.class, () -> {
        while (true) {
          process.input().write(new byte[1024]);
        }
      });
      assertEquals("nobody in the guest reads it any more", failure.getMessage());
    }
  }

  @Test
  void signalsReachTheWholeGroup() throws IOException {
    try (GuestProcess process = agent
        .start(shell("trap 'echo got it; exit 7' TERM; echo up; while :; do sleep 60; done"))) {
      process.output().readNBytes(3);
      process.signal(15);
      assertEquals(new GuestEnd.Exited(7), process.waitFor());
      assertEquals("got it\n", new String(process.output().readAllBytes(), UTF_8));
    }
    try (GuestProcess process = agent.start(GuestCommand.of("sleep", "60"))) {
      process.pid();
      process.signal(9);
      assertEquals(new GuestEnd.Killed(9), process.waitFor());
    }
  }

  @Test
  void manyRunAtOnceAndOneTooManyIsRefused() throws IOException {
    List<GuestProcess> processes = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      processes.add(agent.start(GuestCommand.of("sh", "-c", "read x; echo " + i + " $x")));
    }
    AgentError refused = assertThrows(AgentError.class, () -> agent.run(GuestCommand.of("true")));
    assertEquals(FailedStep.RESOURCES, refused.step());
    for (GuestProcess process : processes) {
      process.input().write("go\n".getBytes(UTF_8));
    }
    for (int i = 0; i < 64; i++) {
      assertEquals(i + " go\n", new String(processes.get(i).output().readAllBytes(), UTF_8));
      assertEquals(new GuestEnd.Exited(0), processes.get(i).waitFor());
    }
    assertEquals(0, agent.run(GuestCommand.of("true")).status());
  }

  @Test
  void whatALeftChildHoldsOpenIsNotWaitedFor() {
    GuestResult result = agent.run(shell("sleep 100 & echo started"));

    assertEquals(new GuestResult(new GuestEnd.Exited(0), "started\n", ""), result);
  }

  @Test
  void whatCannotBeRunSaysWhy() {
    AgentError missing = assertThrows(AgentError.class, () -> agent.run(GuestCommand.of("no-such-program")));
    assertEquals("the guest cannot run no-such-program: no such file or directory", missing.getMessage());
    assertEquals(Errno.ENOENT, missing.errno().orElseThrow());
    assertEquals(FailedStep.DIRECTORY, assertThrows(AgentError.class,
        () -> agent.run(GuestCommand.of("true").in("/no/such/directory"))).step());
    assertEquals(FailedStep.USER,
        assertThrows(AgentError.class, () -> agent.run(GuestCommand.of("true").as("nobody-of-that-name"))).step());
    assertEquals(Errno.EACCES, assertThrows(AgentError.class, () -> agent.run(GuestCommand.of("/etc/passwd"))).errno()
        .orElseThrow());
  }

  @Test
  void aProgramOnATerminalHasItsSizeAndItsKeys() throws IOException {
    try (GuestProcess process = agent.start(shell("tty; stty size; read x; stty size; sleep 60")
        .on(new TerminalSize(91, 33)))) {
      InputStream output = process.output();
      assertTrue(line(output).startsWith("/dev/pts/"));
      assertEquals("33 91", line(output));
      process.resize(new TerminalSize(70, 20));
      process.input().write('\n');
      assertEquals("", line(output)); // the echo
      assertEquals("20 70", line(output));
      process.input().write(3); // Ctrl-C
      assertEquals(new GuestEnd.Killed(2), process.waitFor());
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  @Test
  void filesGoBothWays() throws IOException {
    byte[] bytes = new byte[BIG_BYTES / 4];
    new Random(2).nextBytes(bytes);
    String path = directory.resolve("file").toString();
    agent.write(path, 0640, new ByteArrayInputStream(bytes));
    assertArrayEquals(bytes, Files.readAllBytes(Path.of(path)));

    ByteArrayOutputStream back = new ByteArrayOutputStream();
    assertEquals(0640, agent.read(path, back));
    assertArrayEquals(bytes, back.toByteArray());
    AgentError missing = assertThrows(AgentError.class, () -> agent.read(path + "x", back));
    assertEquals("the guest's file " + path + "x: no such file or directory", missing.getMessage());
    assertEquals(Errno.EISDIR,
        assertThrows(AgentError.class, () -> agent.write(directory.toString(), 0600, InputStream.nullInputStream()))
            .errno().orElseThrow());
  }

  @Test
  void aFileWithoutRoomSaysSo() {
    AgentError full = assertThrows(AgentError.class,
        () -> agent.write("/dev/full", 0666, new ByteArrayInputStream(new byte[BIG_BYTES])));
    assertEquals(Errno.ENOSPC, full.errno().orElseThrow());
  }

  @Test
  void portsAndUnixSocketsAreReached() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> echo(server));
      assertEquals("hello", ask(agent.connect(server.getLocalPort())));
    }
    Path path = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Thread.ofVirtual().start(() -> echo(server));
      assertEquals("hello", ask(agent.connect(path.toString())));
    }
    AgentError refused = assertThrows(AgentError.class, () -> agent.connect(path + "x"));
    assertEquals(FailedStep.CONNECTION, refused.step());
  }

  private static String ask(GuestConnection connection) throws IOException {
    try (connection) {
      connection.output().write("hello".getBytes(UTF_8));
      connection.output().close();
      return new String(connection.input().readAllBytes(), UTF_8);
    }
  }

  private static void echo(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void echo(ServerSocketChannel server) {
    try (SocketChannel socket = server.accept()) {
      ByteBuffer buffer = ByteBuffer.allocate(100);
      while (socket.read(buffer) >= 0) {
        buffer.flip();
        socket.write(buffer);
        buffer.clear();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatIsClosedIsKilled() throws IOException {
    Path mark = directory.resolve("mark");
    GuestProcess process = agent.start(shell("echo up; while :; do echo x > " + mark + "; sleep 0.01; done"));
    process.output().read();
    long pid = process.pid();
    process.close();
    agent.run(GuestCommand.of("true"));
    ProcessHandle.of(pid).ifPresent(handle -> handle.onExit().join());
  }

  @Test
  void manyShortProgramsLeaveNothingBehind() {
    IntStream.range(0, 100).forEach(i -> assertEquals(i % 7, agent.run(shell("exit " + i % 7)).status()));
  }
}
