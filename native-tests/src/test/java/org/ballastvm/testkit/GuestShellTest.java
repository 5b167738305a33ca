package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.ballastvm.images.GuestImages;
import org.ballastvm.rig.DirectHost;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guest's loop, by a shell of this host, and lines in it that end late or never. */
class GuestShellTest {
  private static final String LOOP = "while IFS= read -r line; do eval \"$line\" 2>&1; echo \"LAB-RC $?\"; done";
  private static final Duration SHORT = Duration.ofMillis(1);

  @TempDir
  Path directory;

  private HostedProcess process;
  private Path pipe;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    pipe = directory.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    process = host().start(HostedCommand.of("sh", "-c", LOOP));
  }

  @AfterEach
  void end() { process.kill(); }

  private static GuestHost host() { return new DirectHost(GuestImages.ofUser()); }

  private GuestShell shell(Duration patience) {
    GuestWait wait = new GuestWait(process, GuestWatch.of(host(), process), line -> "VM status: paused",
        () -> "that is all");
    return new GuestShell(process, wait, () -> "that is all", patience);
  }

  @Test
  void anAnswerThatComesLateIsNotTheNextLines() throws IOException {
    GuestShell shell = shell(Guest.PATIENCE);
    assertThrows(RigError.class, () -> shell.run("cat " + pipe + "; (exit 3)", SHORT));
    Files.writeString(pipe, "late\n");
    assertEquals(new GuestShell.Answer("on time\n", 0), shell.run("echo on time", Guest.PATIENCE));
    assertEquals(new GuestShell.Answer("", 4), shell.run("(exit 4)", Guest.PATIENCE));
  }

  @Test
  void anAnswerThatSomebodyElseHasReadIsNotMissed() {
    GuestShell shell = shell(Guest.PATIENCE);
    shell.type("echo mine");
    process.output().await(Pattern.compile("LAB-RC 0\n"), Guest.PATIENCE);
    assertEquals("ours\n", shell.run("echo ours", Guest.PATIENCE).output());
  }

  @Test
  void anAnswerThatNobodyHasReadIsLeftAside() {
    GuestShell shell = shell(Guest.PATIENCE);
    shell.type("echo mine");
    assertEquals("ours\n", shell.run("echo ours", Guest.PATIENCE).output());
  }

  @Test
  void aConsoleThatDoesNotComeBackTakesNoMoreLines() {
    GuestShell shell = shell(SHORT);
    assertThrows(RigError.class, () -> shell.run("cat " + pipe, SHORT));
    String expected = "the guest's console takes no more lines: 'cat " + pipe + "' has not ended; that is all";
    assertEquals(expected, assertThrows(RigError.class, () -> shell.run("true", SHORT)).getMessage());
    long begun = System.nanoTime();
    assertEquals(expected, assertThrows(RigError.class, () -> shell.run("true", Guest.PATIENCE)).getMessage());
    assertTrue(System.nanoTime() - begun < Guest.PATIENCE.toNanos(), "nobody waits once more");
  }
}
