package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.DirectHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.Rig;
import org.ballastvm.rig.RigConfig;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rig itself, without a guest in it. */
class RigIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  private Rig rig = rigOrSkip();

  private static Rig rigOrSkip() {
    try {
      return GuestHosts.rig();
    } catch (RigError | ImageError e) {
      if (GuestExtension.mustRun()) {
        throw e;
      }
      return Assumptions.abort(e.getMessage());
    }
  }

  @Test
  void aProgramHasItsOwnInputOutputErrorsAndStatus() throws IOException {
    HostedProcess shell = rig
        .start(HostedCommand.of("sh", "-c", "read a; echo \"out $a\"; echo \"err $a\" >&2; exit 7"));
    shell.input().write("words\n".getBytes(StandardCharsets.US_ASCII));
    shell.input().flush();
    assertEquals(OptionalInt.of(7), shell.waitFor(SOON));
    assertEquals("out words\n", shell.output().whole(SOON));
    assertEquals("err words\n", shell.errors().whole(SOON));
  }

  /** A port cannot say how many bytes it holds, and a JVM asks that of its standard input. */
  @Test
  void standardInputIsAPipe() {
    assertEquals("pipe\n", rig.run(SOON, HostedCommand.of("sh", "-c", "test -p /proc/self/fd/0 && echo pipe")));
  }

  @Test
  void whatHasLostItsParentLeavesNoZombie() {
    assertEquals("gone\n", rig.run(SOON, HostedCommand.of("sh", "-c",
        "pid=$(sh -c 'sleep 0 > /dev/null & echo $!'); while [ -e /proc/$pid ]; do sleep 0.1; done; echo gone")));
  }

  @Test
  void aUserRunsACommandInARigOfItsOwn(@TempDir Path directory) throws Exception {
    Launched launched = Launched.with(directory, "words\n",
        List.of("rig", "-m", "2G", "--", "sh", "-c", "read a; echo \"$a $PWD\"; ls /dev/kvm >&2; exit 7"));
    assertEquals(new Launched(7, "words " + directory + "\n", "/dev/kvm\n"), launched);
  }

  @Test
  void aLargeInputComesThroughWholeAndEnds() throws IOException {
    HostedProcess count = rig.start(HostedCommand.of("wc", "-c"));
    count.input().write(new byte[3_000_000]);
    count.input().close();
    assertEquals(OptionalInt.of(0), count.waitFor(SOON));
    assertEquals("3000000", count.output().whole(SOON).strip());
  }

  @Test
  void theNextProgramDoesNotReadWhatTheLastOneLeft() throws IOException {
    HostedProcess deaf = rig.start(HostedCommand.of("sleep", "1000"));
    deaf.input().write("left\n".getBytes(StandardCharsets.US_ASCII));
    deaf.kill();
    assertEquals(OptionalInt.of(137), deaf.waitFor(SOON));
    for (int i = 0; i <= RigConfig.ofTests().channels(); i++) {
      assertEquals("", rig.run(SOON, HostedCommand.of("cat")));
    }
  }

  @Test
  void theHostsFilesAreThereAndKvmIsToo() {
    String said = rig.run(SOON,
        HostedCommand.of("sh", "-c", "ls -d \"$PWD\"; ls /dev/kvm; echo x > written; cat written"));
    assertEquals(System.getProperty("user.dir") + "\n/dev/kvm\nx\n", said);
    assertThrows(RigError.class,
        () -> new DirectHost(GuestHosts.images()).run(SOON, HostedCommand.of("cat", "written")));
  }

  @Test
  void aProgramIsFoundByItsNumber() {
    HostedProcess sleep = rig.start(HostedCommand.of("sleep", "1000"));
    assertTrue(rig.residentKiB(sleep.pid()) > 100);
    sleep.kill();
    assertTrue(sleep.waitFor(SOON).isPresent());
  }

  /** A daemon has the streams of the program that started it. */
  @Test
  void whatAProgramLeavesRunningEndsWithItAndItsChannelGoesOn() {
    String daemon = "up=/tmp/up.$$; mkfifo $up; setsid sh -c \"echo > $up; exec sleep 1000\" & read -r line < $up; echo on";
    for (int i = 0; i <= RigConfig.ofTests().channels(); i++) {
      assertEquals("on\n", rig.run(SOON, HostedCommand.of("sh", "-c", daemon)));
    }
    assertEquals("none\n", rig.run(SOON, HostedCommand.of("sh", "-c", "/run/busybox pidof sleep || echo none")));
  }

  @Test
  void aRigThatAnswersNoMoreIsGivenUpForAnother() {
    assertTrue(GuestHosts.examineRig().orElseThrow().startsWith("in the rig run"));
    rig.start(HostedCommand.of("/run/busybox", "poweroff", "-f")).output().whole(SOON);
    assertTrue(GuestHosts.examineRig().orElseThrow().startsWith("the rig answers no more, and is given up: "));
    rig = GuestHosts.rig();
    assertEquals("on\n", rig.run(SOON, HostedCommand.of("echo", "on")));
  }
}
