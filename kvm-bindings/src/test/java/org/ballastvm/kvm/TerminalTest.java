package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.ballastvm.kvm.NativeProvider.CALLS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.termios;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams and the terminal, on pseudo-terminals of the test's own. */
@Timeout(60)
class TerminalTest {
  /** What the child runs with a terminal as its standard input. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) throws IOException {
      System.out.println(Terminal.isPresent() ? "a terminal" : "no terminal");
      try (Terminal raw = Terminal.raw(false); HostStream in = HostStream.standardInput()) {
        System.out.println(raw == null ? "" : "raw");
        try (Arena arena = Arena.ofConfined(); Epoll epoll = Epoll.create()) {
          MemorySegment key = arena.allocate(16);
          epoll.add(in, Epoll.IN, 0);
          epoll.await(-1);
          System.out.println("read " + in.read(key) + ": " + key.get(JAVA_BYTE, 0));
        }
      }
      System.out.println("restored");
      System.in.read();
    }
  }

  @Test
  void aTerminalIsMadeRawAndPutBackAsItWas() throws Exception {
    try (HostStream pty = HostStream.openPty(); HostFile line = HostFile.open(pty.ptyPath(), false)) {
      byte[] before = settings(line);
      Process child = ChildJvm
          .of(Probe.class, List.of(ChildJvm.ALLOW_BOTH, "-Dballast.native=" + NativeProvider.name()))
          .redirectInput(pty.ptyPath().toFile()).start();
      try (BufferedReader output = child.inputReader()) {
        assertEquals("a terminal", output.readLine());
        assertEquals("raw", output.readLine());
        assertEquals(0, flags(line) & (Host.ECHO() | Host.ICANON() | Host.ISIG()));

        write(pty, "\3"); // Ctrl-C is a key like any other now, and needs no Enter
        assertEquals("read 1: 3", output.readLine());

        assertEquals("restored", output.readLine());
        assertArrayEquals(before, settings(line));
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  /** What the child runs that a shell stops, or keeps in its background. */
  static final class Job {
    private Job() {}

    public static void main(String[] args) {
      try (Terminal terminal = Terminal.raw(false); Epoll continued = Epoll.create()) {
        continued.add(terminal.continued().orElseThrow(), Epoll.IN | Epoll.EDGE, 0);
        System.out
            .println((terminal.isForeground() ? "foreground" : "background") + " " + ProcessHandle.current().pid());
        while (continued.await(-1) == 0) {
          // A signal of another kind.
        }
        System.out.println(terminal.takeUp() ? "taken up" : "left alone");
      }
    }
  }

  @Test
  void aProcessThatWasStoppedMakesTheTerminalRawAgainAndPutsBackWhatItFoundThen() throws Exception {
    try (HostStream pty = HostStream.openPty(); HostFile line = HostFile.open(pty.ptyPath(), false)) {
      byte[] before = settings(line);
      Process child = ChildJvm.of(Job.class, List.of(ChildJvm.ALLOW_BOTH, "-Dballast.native=" + NativeProvider.name()))
          .redirectInput(pty.ptyPath().toFile()).start();
      try (BufferedReader output = child.inputReader()) {
        assertEquals("foreground " + child.pid(), output.readLine());
        signal(child, "STOP");
        set(line, before); // as a shell does
        signal(child, "CONT");
        assertEquals("taken up", output.readLine());
        assertEquals(0, child.waitFor());
        assertArrayEquals(before, settings(line));
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aProcessInTheBackgroundLeavesTheTerminalAloneAndIsNotStopped() throws Exception {
    String job = String.join("' '", ChildJvm.of(Job.class,
        List.of(ChildJvm.ALLOW_BOTH, "-Dballast.native=" + NativeProvider.name())).command());
    Process shell = new ProcessBuilder("script", "-q", "-e", "-c",
        "set -m; '" + job + "' & wait; stty -a | grep -o -- '[-]*icanon'", "/dev/null")
        .redirectErrorStream(true).start();
    try (BufferedReader output = shell.inputReader()) {
      String line = output.readLine();
      while (!line.startsWith("background ")) { // the shell may name the job
        line = output.readLine();
      }
      signal(line.replace("background ", "").strip(), "CONT");
      assertEquals("left alone", output.readLine());
      assertEquals("icanon", output.lines().filter(text -> text.endsWith("icanon")).findFirst().orElseThrow());
    } finally {
      shell.destroyForcibly().waitFor();
    }
  }

  private static void signal(Process process, String name) throws Exception {
    signal(Long.toString(process.pid()), name);
  }

  private static void signal(String process, String name) throws Exception {
    assertEquals(0, new ProcessBuilder("kill", "-" + name, process).inheritIO().start().waitFor());
  }

  @Test
  void withoutATerminalThereIsNothingToMakeRaw() throws Exception {
    Process child = ChildJvm.of(Probe.class, List.of(ChildJvm.ALLOW_BOTH)).redirectInput(new java.io.File("/dev/null"))
        .start();

    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertTrue(output.startsWith("no terminal\n"), output);
    assertTrue(output.contains("HostError: TCGETS of standard input: ENOTTY"), output);
    assertEquals(1, child.waitFor());
  }

  @Test
  void aPseudoTerminalCarriesBytesAndEndsWhenItsLineDoes() {
    try (HostStream pty = HostStream.openPty(); Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(64);
      try (HostFile line = HostFile.open(pty.ptyPath(), false)) {
        assertEquals(HostSocket.WOULD_BLOCK, pty.read(buffer));
        CALLS.syscall(Host.SYS_write(), line.fd(), arena.allocateFrom("boot").address(), 4);
        assertEquals(4, pty.read(buffer));
        assertEquals("boot", buffer.getString(0));
      }
      assertEquals(HostSocket.END, pty.read(buffer));
    }
  }

  @Test
  void aFileTakesWhatIsWrittenAndBelongsToItsOwner(@TempDir Path directory) throws Exception {
    Path path = Files.writeString(directory.resolve("log"), "old and longer");
    try (HostStream file = HostStream.createFile(path, false)) {
      write(file, "new");
    }

    assertEquals("new", Files.readString(path));
    Path absent = directory.resolve("absent").resolve("log");
    assertEquals(Errno.ENOENT, assertThrows(HostError.class, () -> HostStream.createFile(absent, false)).errno());
  }

  @Test
  void closingAStandardStreamLeavesItToTheProcess() {
    HostStream output = HostStream.standardOutput();
    output.close();
    output.close();

    assertFalse(output.isOpen());
    assertTrue(Files.exists(Path.of("/proc/self/fd/1")));
  }

  @Test
  void randomBytesComeFromTheHost() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment first = arena.allocate(1 << 16);
      MemorySegment second = arena.allocate(1 << 16);

      HostRandom.fill(first);
      HostRandom.fill(second);

      assertTrue(first.mismatch(second) >= 0);
      MemorySegment heap = MemorySegment.ofArray(new byte[8]);
      assertThrows(IllegalArgumentException.class, () -> HostRandom.fill(heap));
    }
  }

  private static int flags(HostFile line) {
    try (Arena arena = Arena.ofConfined()) { // the layout is too strict for a byte array
      return termios.c_lflag(arena.allocate(termios.layout()).copyFrom(MemorySegment.ofArray(settings(line))));
    }
  }

  private static byte[] settings(HostFile line) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment settings = arena.allocate(termios.layout());
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), line.fd(), Host.TCGETS(), settings.address()), "TCGETS");
      return settings.toArray(JAVA_BYTE);
    }
  }

  private static void set(HostFile line, byte[] settings) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment wanted = arena.allocate(termios.layout()).copyFrom(MemorySegment.ofArray(settings));
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), line.fd(), Host.TCSETS(), wanted.address()), "TCSETS");
    }
  }

  private static void write(HostStream stream, String text) {
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(text.length(), stream.write(arena.allocateFrom(text).asSlice(0, text.length())));
    }
  }
}
