package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine in the background, by -daemonize. */
@Tag("kvm")
@Timeout(600)
class DaemonIT {
  @TempDir
  private Path directory;

  @AfterEach
  void endTheDaemon() throws Exception {
    if (Files.exists(directory.resolve("pid"))) {
      ProcessHandle daemon = daemon();
      daemon.destroyForcibly();
      awaitEnd(daemon);
    }
  }

  private Launched launch(String... options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-nodefaults", "-S", "-m", "64", "-daemonize", "-pidfile", "pid"));
    all.addAll(List.of(options));
    return Launched.with(directory, "", all);
  }

  private long pid() throws IOException { return Long.parseLong(Files.readString(directory.resolve("pid")).strip()); }

  private ProcessHandle daemon() throws IOException { return ProcessHandle.of(pid()).orElseThrow(); }

  private static void awaitEnd(ProcessHandle process) throws Exception { process.onExit().get(240, TimeUnit.SECONDS); }

  private void type(String line) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("monitor")))) {
      client.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.US_ASCII)));
      client.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(1 << 16);
      while (client.read(answer) >= 0) {
        // Until the monitor has done what it was asked.
      }
    }
  }

  private String link(String name) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid()), name)).toString();
  }

  @Test
  void whenItReturnsTheMachineIsUpAndItsSocketsListen() throws Exception {
    Launched launched = launch("-monitor", "unix:monitor,server,nowait");
    assertEquals(new Launched(0, "", ""), launched);
    ProcessHandle daemon = daemon();
    type("quit");
    awaitEnd(daemon);
    assertFalse(Files.exists(directory.resolve("pid")));
    assertFalse(Files.exists(directory.resolve("monitor")));
  }

  @Test
  void itKeepsNothingOfWhereItWasStarted() throws Exception {
    assertEquals(0, launch().status());
    assertEquals("/", link("cwd"));
    for (String stream : List.of("fd/0", "fd/1", "fd/2")) {
      assertEquals("/dev/null", link(stream));
    }
    String[] status = Files.readString(Path.of("/proc", Long.toString(pid()), "stat")).replaceFirst(".*\\) ", "")
        .split(" ");
    assertEquals(Long.toString(pid()), status[3], "the session that it leads");
    assertEquals("0", status[4], "no terminal");
  }

  @Test
  void itFindsItsFilesWhereTheyWereNamed() throws Exception {
    Files.write(directory.resolve("guest"), KernelFiles.bzImage(4096));
    assertEquals(0, launch("-kernel", "guest", "-D", "log", "-d", "debug", "-monitor", "unix:monitor,server,nowait",
        "-serial", "file:console").status());
    type("system_reset");
    assertTrue(Files.exists(directory.resolve("console")));
    assertFalse(Files.readString(directory.resolve("log")).contains("bug"));
    daemon().destroy();
    awaitEnd(daemon());
    assertFalse(Files.exists(directory.resolve("monitor")), "a signal takes it along");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"-nographic | -nographic cannot be used with -daemonize",
      "-monitor stdio | -monitor stdio: cannot use stdio with -daemonize",
      "-serial mon:stdio | -serial mon:stdio: cannot use stdio with -daemonize",
      "-chardev stdio,id=a | -chardev stdio,id=a: cannot use stdio with -daemonize"})
  void itHasNoTerminal(String options, String sentence) throws Exception {
    assertEquals(new Launched(2, "", "ballast: " + sentence + "\n"), launch(options.split(" ")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-kernel absent", "-monitor unix:absent/monitor,server,nowait", "-mon nobody"})
  void whatKeepsItFromStartingIsReportedByTheFirstProcess(String options) throws Exception {
    Launched launched = launch(options.split(" "));
    assertEquals(2, launched.status());
    assertEquals(1, launched.errors().lines().count(), launched.errors());
    assertTrue(launched.errors().startsWith("ballast: " + options.split(" ")[0]), launched.errors());
    assertFalse(Files.exists(directory.resolve("pid")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "KILL"})
  void whoEndsTheFirstProcessBeforeItIsUpEndsBoth(String signal) throws Exception {
    List<String> command = List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-m", "64", "-daemonize",
        "-pidfile", "pid", "-monitor", "unix:monitor,server");
    try (StartedBallast first = new StartedBallast(directory, Map.of(), command)) {
      first.expect("waiting for a client");
      ProcessHandle second = daemon();
      Launched.run(directory, "", List.of("kill", "-" + signal, Long.toString(first.process().pid())));
      first.awaitEnd();
      awaitEnd(second);
      try (Stream<Path> left = Files.list(directory)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }
}
