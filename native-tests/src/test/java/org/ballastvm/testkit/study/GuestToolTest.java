package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest's program needs a kernel and no guest, so it is tried on this one. */
class GuestToolTest {
  private static final String NEVER = Long.toString(GuestTool.NEVER);

  @TempDir
  private Path directory;
  private final List<Process> started = new ArrayList<>();
  private String tool;

  @BeforeEach
  void makeIt() throws IOException {
    Path file = Files.write(directory.resolve("tool"), GuestTool.program());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    tool = file.toString();
  }

  @AfterEach
  void endAll() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  private String file(String name) { return directory.resolve(name).toString(); }

  private long counter(String name, int at) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(Path.of(file(name)))).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
  }

  /** Runs a window over a spinning thread until so many milliseconds are counted, and ends it by a typed line. */
  private Stalls stalls(int millis) throws IOException, InterruptedException {
    start("spin", file("stalls"), "0");
    Process window = start("window", file("stalls"), NEVER);
    BufferedReader said = new BufferedReader(window.errorReader(StandardCharsets.US_ASCII));
    assertEquals("READY", said.readLine());
    byte[] before = window.getInputStream().readNBytes(Stalls.FILE_BYTES);
    while (Stalls.between(twice(before, Files.readAllBytes(Path.of(file("stalls"))))).millis() < millis) {
      Thread.onSpinWait();
    }
    window.getOutputStream().write('\n');
    window.getOutputStream().close();
    assertEquals("REACHED", said.readLine());
    byte[] after = window.getInputStream().readAllBytes();
    assertEquals(0, window.waitFor());
    return Stalls.between(twice(before, after));
  }

  private static byte[] twice(byte[] before, byte[] after) {
    return ByteBuffer.allocate(before.length + after.length).put(before).put(after).array();
  }

  @Test
  void aSpinningThreadReportsForEachMillisecondHowLongItWasAway() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Stalls stalls = stalls(300);
    long millisPassed = (System.nanoTime() - begun) / 1_000_000;
    assertTrue(stalls.millis() >= 300 && stalls.millis() <= millisPassed, stalls.millis() + " of " + millisPassed);
    assertTrue(stalls.percentileNanos(50) <= stalls.percentileNanos(99));
    assertTrue(stalls.percentileNanos(99) <= stalls.percentileNanos(100));
    assertTrue(stalls.percentileNanos(100) <= millisPassed * 1_100_000);
    assertTrue(stalls.percentileNanos(50) > 0);
  }

  @Test
  void aWindowEndsWhenThereIsAsMuchMemoryAsWasWaitedFor() throws IOException, InterruptedException {
    Process window = start("window", file("stalls"), "4096");
    assertEquals(2 * Stalls.FILE_BYTES, window.getInputStream().readAllBytes().length);
    assertEquals("READY\nREACHED\n", new String(window.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII));
    assertEquals(0, window.waitFor());
  }

  @Test
  void aLoadLooksAtItsPagesAndFindsThemUnchanged() throws IOException {
    Process load = start("load", file("load"), "8", "4711");
    assertEquals("LOADED", load.errorReader().readLine());
    while (counter("load", GuestTool.LOAD_TOUCHED) < 10_000) {
      Thread.onSpinWait();
    }
    assertEquals(8 * 256, counter("load", 0));
    assertEquals(0, counter("load", GuestTool.LOAD_CHANGED));
  }

  @Test
  void memoryIsTouchedAndLetGo() throws IOException, InterruptedException {
    assertEquals(0, start("touch", file("touched"), "16", "1").waitFor());
    assertEquals(16 * 256, counter("touched", 0));
  }

  @Test
  void whatTheKernelRefusesAndWhatIsMissingEndIt() throws IOException, InterruptedException {
    assertEquals(1, start("load", file("load"), "900000000000", "1").waitFor());
    assertEquals(1, start("spin", file("absent/file"), "0").waitFor());
    assertEquals(1, start("spin").waitFor());
  }
}
