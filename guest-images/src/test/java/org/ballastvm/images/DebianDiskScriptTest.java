package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The step from an archive to a file system, with a system of a few files, read back by debugfs. */
class DebianDiskScriptTest {
  private static final String UUID = "5f6c8a3e-0123-4567-89ab-cdef01234567";

  @TempDir
  private Path directory;

  @BeforeEach
  void makeArchive() throws IOException {
    Optional<String> missing = new MissingTools().program("mke2fs", "e2fsprogs").program("depmod", "kmod")
        .program("fakeroot", "fakeroot").sentence("this test");
    Assumptions.assumeTrue(missing.isEmpty() || System.getenv("CI") != null, () -> missing.orElse(""));
    Path tree = directory.resolve("tree");
    Fixtures.write(tree.resolve("etc/ssh/ssh_host_ed25519_key.pub"),
        "ssh-ed25519 AAAA root@build\n".getBytes(StandardCharsets.US_ASCII));
    Fixtures.write(tree.resolve("etc/resolv.conf"), "nameserver 192.0.2.1\n".getBytes(StandardCharsets.US_ASCII));
    Fixtures.write(tree.resolve("usr/lib/os-release"), "NAME=x\n".getBytes(StandardCharsets.US_ASCII));
    Fixtures.write(tree.resolve("dev/full"), new byte[0]);
    Files.createDirectories(tree.resolve("root"));
    Files.createSymbolicLink(tree.resolve("lib"), Path.of("usr/lib"));
    run("tar", "-c", "-f", "root.tar", "-C", "tree", "--owner=1234", "--group=0", ".");
    FileTree.delete(tree);
    Fixtures.write(directory.resolve("settings/etc/hostname"), "x\n".getBytes(StandardCharsets.US_ASCII));
    Fixtures.write(directory.resolve("settings/root/.ssh/authorized_keys"),
        "ssh-ed25519 BBBB\n".getBytes(StandardCharsets.US_ASCII));
    Fixtures.write(directory.resolve("modules/kernel/a.ko"), Fixtures.module("depends=\0alias=virtio:d00000001v*\0"));
  }

  private HostProgram.Outcome run(String... command) throws IOException {
    return HostProgram.in(directory).run(List.of(command));
  }

  private HostProgram.Outcome script(String size) throws IOException {
    return run("fakeroot", "--", "sh", "-c", Script.text("debian-disk"), "debian-disk", "6.99", directory + "/modules",
        UUID, size);
  }

  private String debugfs(String request) throws IOException { return run("debugfs", "-R", request, "disk.img").said(); }

  @Test
  void theDiskHasTheArchivesFilesTheSettingsAndTheModules() throws IOException {
    HostProgram.Outcome outcome = script("64M");

    assertEquals(0, outcome.status(), outcome.said());
    assertEquals(64 << 20, Files.size(directory.resolve("disk.img")));
    assertTrue(debugfs("cat /etc/fstab").contains("UUID=" + UUID + " / ext4 "), "fstab");
    assertTrue(debugfs("stat /etc/resolv.conf").contains("../run/systemd/resolve/stub-resolv.conf"), "resolv.conf");
    assertTrue(debugfs("stat /usr/lib/os-release").matches("(?s).*User: +1234 .*"),
        debugfs("stat /usr/lib/os-release"));
    assertTrue(debugfs("stat /root/.ssh/authorized_keys").matches("(?s).*Mode: +0600 .*User: +0 .*"), "its owner");
    assertTrue(debugfs("stat /usr/lib/modules/6.99/modules.alias.bin").contains("Type: regular"), "modules.alias.bin");
    assertTrue(debugfs("stat /dev/full").contains("File not found"), "the kernel makes /dev");
    assertEquals("debian ssh-ed25519 AAAA\n", Files.readString(directory.resolve("known_hosts")));
    assertTrue(run("dumpe2fs", "-h", "disk.img").said().contains("Filesystem volume name:   debian"), "label");
    assertEquals(0, run("e2fsck", "-f", "-n", "disk.img").status());
  }

  @Test
  void itLeavesNothingButWhatIsAskedFor() throws IOException {
    script("64M");
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of("disk.img", "known_hosts", "modules"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void whatDoesNotFitIsAFailure() throws IOException {
    byte[] large = new byte[9 << 20];
    Arrays.fill(large, (byte) 1);
    Fixtures.write(directory.resolve("settings/etc/large"), large);
    HostProgram.Outcome outcome = script("8M");

    assertTrue(outcome.failed());
    assertFalse(outcome.complaint().isEmpty());
  }
}
