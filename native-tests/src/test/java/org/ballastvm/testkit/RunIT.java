package org.ballastvm.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.Kernel;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.testkit.run.GuestRun;
import org.ballastvm.testkit.run.RunStatus;
import org.ballastvm.testkit.run.RunWish;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ballast run} on this host's files: a command in a guest is as one that runs here. */
@GuestTest
@Tag("more")
class RunIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int BIG_BYTES = 1 << 20;
  private static Kernel kernel;

  private final GuestHost host = GuestHosts.find();

  @TempDir
  private Path directory;

  /** What the rig makes is forgotten; so the guests here find it made. */
  @BeforeAll
  static void make() {
    GuestImages images = GuestHosts.images();
    GuestRun.prepare(RunWish.of(List.of("true")), images);
    kernel = images.kernel(DebianFlavour.STOCK);
  }

  private HostedProcess start(String... words) {
    List<String> arguments = new ArrayList<>(List.of("run", "--timeout", "100", "--cwd", directory.toString()));
    arguments.addAll(List.of(words));
    return host.start(Ballast.command(arguments, List.of()));
  }

  private static int end(HostedProcess process) {
    return process.waitFor(PATIENCE).orElseThrow(() -> new AssertionError(process.errors().text()));
  }

  @Test
  void streamsStatusAndDirectoryAreTheCommandsAndTheHostIsUnchanged() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "as it was\n");
    byte[] bytes = new byte[BIG_BYTES];
    new Random(3).nextBytes(bytes);
    HostedProcess process = start("--", "sh", "-c", "pwd; cat file; echo changed > file; cat file; uname -r >&2; cat;"
        + " modprobe virtio_balloon && [ -d /sys/module/virtio_balloon ] && exit 42");
    process.input().write(bytes);
    process.input().close();

    assertEquals(42, end(process), () -> process.errors().text());
    String head = directory + "\nas it was\nchanged\n";
    String output = process.output().whole(PATIENCE);
    assertTrue(output.startsWith(head), output::toString);
    assertEquals(new String(bytes, UTF_8), output.substring(head.length()));
    assertEquals(kernel.release() + "\n", process.errors().whole(PATIENCE));
    assertEquals("as it was\n", Files.readString(file));
    assertEquals("as it was\n", host.run(PATIENCE, HostedCommand.of("cat", file.toString())));
  }

  @Test
  void aCrashHasAStatusOfItsOwn() {
    HostedProcess process = start("--", "sh", "-c", "echo before; echo c > /proc/sysrq-trigger; echo after");

    assertEquals(RunStatus.CRASHED, end(process), () -> process.errors().text());
    assertEquals("before\n", process.output().whole(PATIENCE));
    String errors = process.errors().whole(PATIENCE);
    assertTrue(errors.startsWith(
        "ballast: run: the guest's kernel crashed: kernel panic: sysrq triggered crash\nin sysrq_handle_crash < "),
        errors);
    assertTrue(errors.contains(" sysrq_handle_crash+0x"), errors);
  }

  @Test
  void aSignalReachesTheCommandAndSoDoesTime() {
    HostedProcess process = start("--timeout", "60", "--", "sh", "-c",
        "trap 'echo heard' TERM; echo up; while :; do sleep 1000; done");
    process.output().await(Pattern.compile("up\n"), PATIENCE);
    host.run(PATIENCE, HostedCommand.of("kill", "-TERM", Long.toString(process.pid())));
    process.output().await(Pattern.compile("heard\n"), PATIENCE);
    host.run(PATIENCE, HostedCommand.of("kill", "-TERM", Long.toString(process.pid())));

    assertEquals(143, end(process), () -> process.errors().text());
  }
}
