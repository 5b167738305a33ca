package org.ballastvm.vmm.vhostuser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.DriveOptions;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** qemu-storage-daemon as a child, and what it is started with. */
class StorageDaemonTest {
  @TempDir
  Path directory;

  private static DriveConfig drive(String text) {
    return DriveOptions.parse(KeyValues.parse("-drive", text, "file"), 0);
  }

  private static void requireDaemon() {
    boolean there = Files.isExecutable(Path.of("/usr/bin/qemu-storage-daemon"));
    if (System.getenv("CI") != null) {
      Assertions.assertTrue(there, "CI needs qemu-storage-daemon");
    }
    Assumptions.assumeTrue(there, "skipped: no qemu-storage-daemon");
  }

  private static void run(List<String> command) throws Exception {
    assertEquals(0, new ProcessBuilder(command).start().waitFor());
  }

  @Test
  void eachWordOfTheUsersIsOneOfTheDaemons() {
    List<String> words = StorageCommand.of(Path.of("/usr/bin/qsd"),
        drive("file=/a,,b.qcow2,format=qcow2,readonly=on,cache=none,discard=unmap,file.locking=off"), 3, 4096,
        Path.of("/d/socket"));

    assertEquals(
        List.of("/usr/bin/qsd", "--blockdev",
            "driver=file,node-name=file,filename=/a,,b.qcow2,aio=threads,locking=off,cache.direct=on,cache.no-flush=off,"
                + "read-only=on,discard=unmap",
            "--blockdev",
            "driver=qcow2,node-name=disk,file=file,cache.direct=on,cache.no-flush=off,read-only=on,discard=unmap",
            "--export",
            "type=vhost-user-blk,id=export,node-name=disk,writable=off,num-queues=3,logical-block-size=4096,"
                + "addr.type=unix,addr.path=/d/socket"),
        words.subList(4, words.size()));
  }

  @Test
  void aDiskIsThereAndItsDaemonEndsWithIt() throws Exception {
    requireDaemon();
    Path image = directory.resolve("x.qcow2");
    run(List.of("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "1M"));
    AtomicInteger released = new AtomicInteger();
    ProcessHandle daemon;
    try (StorageDaemon storage = new StorageDaemon(drive("file=" + image + ",format=qcow2"), 2, 512,
        released::incrementAndGet); UserSession session = new UserSession(storage.first(), UserConnection.PATIENCE)) {
      assertEquals(2, session.queueCount().orElseThrow());
      assertEquals(8, session.config(60)[1]); // 0x800 sectors
      daemon = ProcessHandle.current().descendants()
          .filter(process -> process.info().command().orElse("").endsWith("qemu-storage-daemon")).findFirst()
          .orElseThrow();
      assertEquals("qemu-storage-daemon said nothing", storage.lastWords());
    }
    daemon.onExit().get(20, TimeUnit.SECONDS);
    assertFalse(daemon.isAlive());
    assertEquals(1, released.get());
  }

  @Test
  void whatTheDaemonSaysIsTheError() throws Exception {
    requireDaemon();
    Path image = Files.writeString(directory.resolve("x.qcow2"), "no image");
    try (StorageDaemon storage = new StorageDaemon(drive("file=" + image + ",format=qcow2"), 1, 512, () -> {
      // Nobody waits for it.
    })) {
      UserError error = assertThrows(UserError.class, storage::first);
      assertTrue(error.getMessage().contains("cannot be used: said: ")
          && error.getMessage().contains("Image is not in qcow2 format"), error.getMessage());
    }
  }

  @Test
  void aDaemonEndsWithAProcessThatIsKilled() throws Exception {
    requireDaemon();
    Path image = directory.resolve("x.qcow2");
    run(List.of("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "1M"));
    Path socket = directory.resolve("socket");
    Process keeper = new ProcessBuilder(StorageCommand.of(Path.of("/usr/bin/qemu-storage-daemon"),
        drive("file=" + image + ",format=qcow2"), 1, 512, socket)).start();
    while (!Files.exists(socket)) {
      assertTrue(keeper.isAlive());
      Thread.onSpinWait();
    }
    keeper.getOutputStream().close(); // As the kernel does for one that is killed.

    assertTrue(keeper.waitFor(20, TimeUnit.SECONDS));
  }
}
