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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the process shows to those around it: its number, its log, its name, its sockets. */
@Tag("kvm")
@Timeout(600)
class ProcessIT {
  @TempDir
  private Path directory;

  @BeforeEach
  void makeGuest() throws IOException { Files.write(directory.resolve("guest"), KernelFiles.bzImage(4096)); }

  /** Files that were not there before. */
  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("guest")).toList();
    }
  }

  private StartedBallast start(String... options) throws IOException {
    List<String> command = new ArrayList<>(
        List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-m", "64", "-kernel", "guest"));
    command.addAll(List.of(options));
    return new StartedBallast(directory, Map.of(), command);
  }

  private Launched with(String input, String... options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(
        List.of("-nodefaults", "-S", "-m", "64", "-kernel", "guest", "-monitor", "stdio"));
    all.addAll(List.of(options));
    return Launched.with(directory, input, all);
  }

  private SocketChannel connect(String name) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve(name)));
  }

  private static String readTo(SocketChannel client, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (text.indexOf(end) < 0 && client.read(one.clear()) > 0) {
      text.append((char) one.get(0));
    }
    return text.toString();
  }

  private static void write(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aScriptOfCommandsIsAnsweredAndEndsIt() throws Exception {
    Launched launched = with("info status\ncont\ninfo status\nstop\ninfo status\nquit\n");
    assertEquals(0, launched.status());
    assertEquals("", launched.errors());
    assertEquals(List.of("VM status: paused (prelaunch)", "VM status: running", "VM status: paused"),
        launched.output().lines().filter(line -> line.startsWith("VM")).toList());
  }

  @Test
  void helpShowsOptionsAsTheyAreTypedAndSubCommands() throws Exception {
    Launched launched = Launched.with(directory, "", List.of("-help"));
    assertEquals(0, launched.status());
    for (String line : List.of("-kernel FILE", "-cpu host", "\nSub-commands:\n", "\n  demo ", "\n  image ")) {
      assertTrue(launched.output().contains(line), line);
    }
    assertFalse(launched.output().contains("train"), "what only the build uses");
  }

  /** Its guests power off when their devices have answered all that they asked. */
  @Test
  void theGuestsOfTheTrainingDoAllThatTheyAreThereFor() throws Exception {
    Launched training = Launched.with(directory, "", List.of("train", directory.toString()));
    assertEquals(0, training.status(), training.errors());
  }

  @Test
  void aStandardInputThatIsClosedIsAnEmptyOne() throws Exception {
    Path steps = Files.writeString(directory.resolve("steps"),
        "exec '" + Launched.launcher() + "' -nodefaults -S -m 64 -monitor stdio -monitor unix:other,server <&-\n");
    try (StartedBallast ballast = new StartedBallast(directory, Map.of(), List.of("sh", steps.toString()))) {
      ballast.expect("waiting for a client");
      try (SocketChannel client = connect("other")) {
        readTo(client, StartedBallast.PROMPT);
        ballast.expect(StartedBallast.PROMPT);
        write(client, "quit\n");
        assertTrue(ballast.awaitEnd().endsWith("\r\n" + StartedBallast.PROMPT));
      }
    }
  }

  @Test
  void itsNumberIsInTheFileWhileItRunsAndNobodyElseTakesTheFile() throws Exception {
    Path file = Files.writeString(directory.resolve("pid"), "12345678 of a process long dead\n");
    try (StartedBallast first = start("-monitor", "stdio", "-pidfile", "pid")) {
      first.expect(StartedBallast.PROMPT);
      assertEquals(first.process().pid() + "\n", Files.readString(file));
      Launched second = with("quit\n", "-pidfile", "pid");
      assertEquals("ballast: -pidfile pid: belongs to a process that still runs; give another path\n",
          second.errors());
      assertEquals(2, second.status());
      assertEquals(first.process().pid() + "\n", Files.readString(file));
      first.type("quit\n");
      first.awaitEnd();
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void theFileOfItsNumberIsForItsOwnerAlone() throws Exception {
    try (StartedBallast ballast = start("-monitor", "stdio", "-pidfile", "pid")) {
      ballast.expect(StartedBallast.PROMPT);
      assertEquals("rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("pid"))));
    }
  }

  @Test
  void aSignalTakesFilesAndSocketsWithIt() throws Exception {
    try (StartedBallast ballast = start("-monitor", "stdio", "-pidfile", "pid", "-serial",
        "unix:console,server,nowait")) {
      ballast.expect(StartedBallast.PROMPT);
      assertTrue(Files.exists(directory.resolve("console")));
      ballast.process().destroy();
      ballast.awaitEnd();
      assertEquals(List.of(), left());
      assertEquals(0, ballast.process().exitValue(), "to be asked to end is no failure: QEMU's status");
    }
  }

  @Test
  void aSignalWhileItWaitsForAClientDoesToo() throws Exception {
    try (StartedBallast ballast = start("-pidfile", "pid", "-monitor", "unix:monitor,server")) {
      ballast.expect("waiting for a client on unix:monitor,server=on");
      ballast.process().destroy();
      ballast.awaitEnd();
      assertEquals(List.of(), left());
    }
  }

  @Test
  void itWaitsForItsClientAndThenServesIt() throws Exception {
    try (StartedBallast ballast = start("-monitor", "unix:monitor,server=on,wait=on")) {
      ballast.expect("waiting for a client on unix:monitor,server=on");
      try (SocketChannel client = connect("monitor")) {
        readTo(client, StartedBallast.PROMPT);
        write(client, "quit\n");
        ballast.awaitEnd();
      }
    }
    assertFalse(Files.exists(directory.resolve("monitor")));
  }

  @Test
  void severalMonitorsServeAtOnce() throws Exception {
    try (StartedBallast ballast = start("-monitor", "stdio", "-monitor", "unix:one,server,nowait", "-chardev",
        "socket,id=two,path=two,server=on,wait=off", "-mon", "two")) {
      ballast.expect(StartedBallast.PROMPT);
      try (SocketChannel one = connect("one"); SocketChannel two = connect("two")) {
        readTo(one, StartedBallast.PROMPT);
        readTo(two, StartedBallast.PROMPT);
        write(one, "cont\n");
        readTo(one, StartedBallast.PROMPT);
        write(two, "info status\n");
        assertTrue(readTo(two, "\r\n" + StartedBallast.PROMPT).contains("VM status: running"));
        ballast.type("info status\n");
        ballast.expect("VM status: running");
      }
    }
  }

  @Test
  void theLogGoesToItsFileAndMistakesStayOnStandardError() throws Exception {
    Files.writeString(directory.resolve("log"), "of last time\n");
    Launched launched = with("", "-D", "log", "-d", "guest_errors", "-initrd", "absent");
    assertEquals("ballast: -initrd absent: no such file\n", launched.errors());
    assertEquals("", Files.readString(directory.resolve("log")));
    assertEquals(0, with("system_reset\nquit\n", "-D", "log", "-d", "debug").status());
    assertFalse(Files.readString(directory.resolve("log")).contains("of last time"));
  }

  @Test
  void itsNameIsThatOfItsThreads() throws Exception {
    try (StartedBallast ballast = start("-monitor", "stdio", "-name", "web1", "-smp", "2")) {
      ballast.expect(StartedBallast.PROMPT);
      List<String> names = new ArrayList<>();
      try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(ballast.process().pid()), "task"))) {
        for (Path task : tasks.toList()) {
          names.add(Files.readString(task.resolve("comm")).strip());
        }
      }
      assertTrue(names.containsAll(List.of("ballast-web1", "web1-vcpu0", "web1-vcpu1")), names.toString());
    }
  }
}
