package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the process does when the host has no more of something. */
@Tag("kvm")
@Timeout(600)
class ScarceIT {
  /** What is open stays so, and nothing new can be. */
  private static final int STANDARD_ALONE = 3;

  @TempDir
  private Path directory;

  private StartedBallast start(Map<String, String> environment) throws Exception {
    Files.write(directory.resolve("guest"), KernelFiles.bzImage(4096));
    StartedBallast ballast = new StartedBallast(directory, environment,
        List.of(Launched.launcher().toString(), "-nodefaults", "-S", "-m", "64,slots=2,maxmem=1G", "-kernel", "guest",
            "-monitor", "stdio", "-monitor", "unix:one,server,nowait"));
    ballast.expect(StartedBallast.PROMPT);
    return ballast;
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("one")));
  }

  @Test
  void aClientForWhomThereIsNoDescriptorIsLetInWhenThereIs() throws Exception {
    try (StartedBallast ballast = start(Map.of())) {
      long pid = ballast.process().pid();
      limitDescriptors(pid, STANDARD_ALONE);
      try (SocketChannel client = connect()) {
        ballast.expect("a client cannot be accepted, and is tried again each second");
        ballast.type("info status\n");
        ballast.expect("VM status");
        limitDescriptors(pid, 1024);
        client.read(ByteBuffer.allocate(1)); // its monitor says something
      }
      ballast.type("quit\n");
      String all = ballast.awaitEnd();
      assertEquals(1, all.split("cannot be accepted", -1).length - 1, all);
    }
  }

  @Test
  void whatNeedsNoDescriptorIsDoneAndWhatNeedsOneIsRefused() throws Exception {
    try (StartedBallast ballast = start(Map.of())) {
      ballast.type("object_add memory-backend-ram,id=mem1,size=128M\n");
      ballast.expect(StartedBallast.PROMPT);
      limitDescriptors(ballast.process().pid(), STANDARD_ALONE);
      ballast.type("device_add pc-dimm,id=dimm1,memdev=mem1\ndevice_add virtio-rng-pci,id=rng1\n");
      ballast.expect("Error: eventfd2: EMFILE");
      ballast.type("info memory-devices\nquit\n");
      String all = ballast.awaitEnd();
      assertTrue(all.contains("memdev: /objects/mem1") && !all.contains("a bug in Ballast"), all);
    }
  }

  /** Without the JVM's cache of classes, the logger's are in a file that nobody can open. */
  @Test
  void whatCannotEvenLogItsWantEndsAndDoesNotHang() throws Exception {
    try (StartedBallast ballast = start(Map.of("BALLAST_JVM_OPTIONS", "-XX:AOTMode=off"))) {
      limitDescriptors(ballast.process().pid(), STANDARD_ALONE);
      try (SocketChannel client = connect()) {
        assertTrue(client.isConnected());
        ballast.awaitEnd();
      }
      assertEquals(1, ballast.process().exitValue());
    }
  }

  private static void limitDescriptors(long pid, int count) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("prlimit", "--pid", Long.toString(pid), "--nofile=" + count + ":").inheritIO()
        .start();
    assertEquals(0, process.waitFor());
  }
}
