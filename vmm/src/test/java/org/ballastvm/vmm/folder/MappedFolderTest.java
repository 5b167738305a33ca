package org.ballastvm.vmm.folder;

import static org.ballastvm.vmm.folder.FolderGuest.GID;
import static org.ballastvm.vmm.folder.FolderGuest.ROOT;
import static org.ballastvm.vmm.folder.FolderGuest.UID;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Arrays;
import org.ballastvm.p9.Message;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.vmm.config.FolderConfig.Security;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code security_model=mapped-xattr}: what the guest sets stands beside the files, as QEMU writes it. */
class MappedFolderTest {
  @TempDir
  Path path;

  private FolderGuest guest;

  @BeforeEach
  void mount() { guest = new FolderGuest(path, Security.MAPPED_XATTR, false); }

  @AfterEach
  void unmount() { guest.close(); }

  /** An attribute of QEMU's, little-endian as it has it. */
  private long stands(String file, String name, int bytes) throws IOException {
    ByteBuffer value = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    int length = Files.getFileAttributeView(path.resolve(file), UserDefinedFileAttributeView.class)
        .read("virtfs." + name, value);
    assertEquals(bytes, length, name);
    return value.getLong(0);
  }

  @Test
  void aFileIsTheProcessesAndWhatTheGuestSetsIsBeside() throws IOException {
    guest.walk(ROOT, 2);
    assertEquals(0, guest.create(2, "f", 2, 04711));
    assertArrayEquals(new long[]{0104711, UID, GID}, Arrays.copyOf(guest.attributes(2), 3));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("f"))));
    assertEquals(0104711, stands("f", "mode", 4));
    assertEquals(UID, stands("f", "uid", 4));
    assertEquals(GID, stands("f", "gid", 4));
    assertEquals(0, guest.ask(new Message(FolderGuest.SETATTR, 1).u32(2, 7, 0600, 0, 7).u64(0, 0, 0, 0, 0)).errno());
    assertArrayEquals(new long[]{0100600, 0, 7}, Arrays.copyOf(guest.attributes(2), 3));
  }

  @Test
  void linksAndDeviceNodesAreFilesOnTheHost() throws IOException {
    guest.ask(new Message(FolderGuest.SYMLINK, 1).u32(ROOT).string("l").string("/etc/passwd").u32(0));
    guest.ask(new Message(FolderGuest.MKNOD, 1).u32(ROOT).string("null").u32(0020666, 1, 3, 0));
    guest.ask(new Message(FolderGuest.MKDIR, 1).u32(ROOT).string("d").u32(01777, 0));
    assertEquals("/etc/passwd", Files.readString(path.resolve("l")));
    assertTrue(Files.isRegularFile(path.resolve("null")));
    assertEquals(0120777, stands("l", "mode", 4));
    assertEquals(0x103, stands("null", "rdev", 8));
    guest.walk(ROOT, 2, "l");
    assertEquals("/etc/passwd", guest.ask(new Message(FolderGuest.READLINK, 1).u32(2)).string());
    assertEquals(0120777, guest.attributes(2)[0]);
    guest.walk(ROOT, 3, "null");
    assertArrayEquals(new long[]{0020666, 0x103}, new long[]{guest.attributes(3)[0], guest.attributes(3)[4]});
    guest.walk(ROOT, 4, "d");
    assertEquals(0041777, guest.attributes(4)[0]);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("d"))));
  }

  @Test
  void whatQemuWroteIsRead() throws IOException {
    Path file = Files.createFile(path.resolve("q"));
    ByteBuffer mode = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0100755);
    Files.getFileAttributeView(file, UserDefinedFileAttributeView.class).write("virtfs.mode", mode);
    guest.walk(ROOT, 2, "q");
    assertEquals(0100755, guest.attributes(2)[0]);
  }

  @Test
  void theGuestDoesNotSeeWhatStandsBeside() {
    guest.walk(ROOT, 2);
    guest.create(2, "f", 2, 0600);
    assertEquals(0, guest.ask(new Message(FolderGuest.XATTRWALK, 1).u32(2, 3).string("")).u64());
    assertEquals(P9Error.ENODATA,
        guest.ask(new Message(FolderGuest.XATTRWALK, 1).u32(2, 4).string("user.virtfs.uid")).errno());
    assertEquals(P9Error.ENODATA,
        guest.ask(new Message(FolderGuest.XATTRCREATE, 1).u32(ROOT).string("user.virtfs.uid").u64(4).u32(0)).errno());
  }

  @Test
  void aLinkOfTheHostsIsTold() throws IOException {
    Files.createSymbolicLink(path.resolve("h"), Path.of("/etc/shadow"));
    guest.walk(ROOT, 2, "h");
    assertEquals("/etc/shadow", guest.ask(new Message(FolderGuest.READLINK, 1).u32(2)).string());
    assertEquals(P9Error.ELOOP, guest.open(2, 0));
  }
}
