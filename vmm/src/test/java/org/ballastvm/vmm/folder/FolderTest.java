package org.ballastvm.vmm.folder;

import static org.ballastvm.vmm.folder.FolderGuest.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;
import org.ballastvm.p9.Answer;
import org.ballastvm.p9.Message;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.FolderConfig.Devices;
import org.ballastvm.vmm.config.FolderConfig.Security;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a guest does with a folder of the host, message by message. */
class FolderTest {
  private static final int READ_WRITE = 2;
  private static final int TRUNCATE = 01000;
  private static final int SIZE = 8;

  @TempDir
  Path path;

  private FolderGuest guest;
  private int heldAtFirst;

  @BeforeEach
  void mount() {
    guest = new FolderGuest(path, Security.NONE, false);
    heldAtFirst = guest.folder.held();
  }

  @AfterEach
  void unmount() {
    guest.close();
    assertEquals(0, guest.folder.held());
  }

  @Test
  void aFileIsMadeWrittenAndReadAgain() throws IOException {
    assertEquals(0, guest.walk(ROOT, 2));
    assertEquals(0, guest.create(2, "f", READ_WRITE, 0640));
    assertEquals(11, guest.write(2, 2, "hello world"));
    assertEquals("\0\0hello", guest.read(2, 0, 7));
    assertEquals("world", guest.read(2, 8, 1 << 20));
    assertEquals("", guest.read(2, 100, 10));
    assertEquals(0, guest.ask(new Message(FolderGuest.FSYNC, 1).u32(2, 0)).errno());
    assertEquals(13, guest.attributes(2)[5]);
    assertEquals(0, guest.clunk(2));
    assertEquals("\0\0hello world", Files.readString(path.resolve("f")));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("f"))));
    assertEquals(heldAtFirst, guest.folder.held());
  }

  @Test
  void aWalkGoesAsFarAsItLeadsAndUpNoFurtherThanTheRoot() throws IOException {
    Files.createDirectories(path.resolve("a/b"));
    assertEquals(0, guest.walk(ROOT, 2, "a", "b", "..", ".."));
    assertEquals(P9Error.EBADF, guest.walk(ROOT, 2));
    assertEquals(0, guest.walk(2, 2, "..", "..", "a"));
    assertEquals(0, guest.walk(2, 3, "b"));
    assertEquals(-1, guest.walk(ROOT, 4, "a", "no"));
    assertEquals(P9Error.EBADF, guest.clunk(4));
    assertEquals(P9Error.ENOENT, guest.walk(ROOT, 4, "no"));
    assertEquals(0, guest.clunk(2));
    assertEquals(0, guest.walk(3, 3, ".."));
    assertEquals(0, guest.clunk(3));
    assertEquals(heldAtFirst, guest.folder.held());
  }

  @Test
  void aDirectoryIsListedWhateverFitsIntoAnAnswer() throws IOException {
    Set<String> names = new TreeSet<>(Set.of(".", ".."));
    for (int i = 0; i < 300; i++) {
      names.add(Files.createFile(path.resolve("a-name-that-is-rather-long-" + i)).getFileName().toString());
    }
    guest.walk(ROOT, 2);
    assertEquals(0, guest.open(2, 0));
    for (int count : new int[]{100, 1000, 512 << 10}) {
      assertEquals(names, new TreeSet<>(guest.list(2, count)));
      assertEquals(names.size(), guest.list(2, count).size());
    }
    assertEquals(P9Error.EINVAL, guest.ask(new Message(FolderGuest.READDIR, 1).u32(2).u64(0).u32(20)).errno());
    guest.walk(ROOT, 3, "a-name-that-is-rather-long-7");
    guest.open(3, 0);
    assertEquals(P9Error.ENOTDIR, guest.ask(new Message(FolderGuest.READDIR, 1).u32(3).u64(0).u32(999)).errno());
  }

  @Test
  void aFileThatIsUnlinkedStaysWhileItIsKnown() throws IOException {
    Files.writeString(path.resolve("f"), "content");
    guest.walk(ROOT, 2, "f");
    guest.walk(ROOT, 3, "f");
    assertEquals(0, guest.open(2, READ_WRITE));
    assertEquals(0, guest.ask(new Message(FolderGuest.UNLINKAT, 1).u32(ROOT).string("f").u32(0)).errno());
    assertFalse(Files.exists(path.resolve("f")));
    assertEquals("content", guest.read(2, 0, 100));
    assertEquals(3, guest.write(2, 0, "CON"));
    assertEquals(0, guest.attributes(3)[3]);
    assertEquals(0, guest.open(3, 0));
    assertEquals("CONtent", guest.read(3, 0, 100));
  }

  @Test
  void anOpenFileIsRenamedAndStaysItself() throws IOException {
    Files.createDirectory(path.resolve("d"));
    Files.writeString(path.resolve("f"), "one");
    guest.walk(ROOT, 2, "f");
    guest.open(2, READ_WRITE);
    guest.walk(ROOT, 3, "d");
    assertEquals(0,
        guest.ask(new Message(FolderGuest.RENAMEAT, 1).u32(ROOT).string("f").u32(3).string("g")).errno());
    Files.writeString(path.resolve("f"), "two");
    assertEquals(4, guest.write(2, 3, " and"));
    assertEquals("one and", Files.readString(path.resolve("d/g")));
    guest.walk(3, 4, "g");
    assertEquals(0, guest.ask(new Message(FolderGuest.RENAME, 1).u32(4, ROOT).string("h")).errno());
    assertEquals("one and", Files.readString(path.resolve("h")));
    assertEquals(P9Error.ENOENT, guest.ask(new Message(FolderGuest.RENAME, 1).u32(4, ROOT).string("i")).errno());
  }

  @Test
  void whatIsRemovedIsWhatTheFidIsOf() throws IOException {
    Files.writeString(path.resolve("f"), "one");
    Files.createDirectory(path.resolve("d"));
    guest.walk(ROOT, 2, "f");
    guest.walk(ROOT, 3, "d");
    Files.move(path.resolve("f"), path.resolve("g"));
    Files.writeString(path.resolve("f"), "another");
    assertEquals(P9Error.ENOENT, guest.ask(new Message(FolderGuest.REMOVE, 1).u32(2)).errno());
    assertEquals(P9Error.EBADF, guest.clunk(2));
    assertEquals(0, guest.ask(new Message(FolderGuest.REMOVE, 1).u32(3)).errno());
    assertFalse(Files.exists(path.resolve("d")));
    assertTrue(Files.exists(path.resolve("f")));
    guest.walk(ROOT, 2);
    assertEquals(P9Error.EPERM, guest.ask(new Message(FolderGuest.REMOVE, 1).u32(2)).errno());
  }

  @Test
  void nodesOfAllKindsAreMadeAndTold() throws IOException {
    assertEquals(0, guest.ask(new Message(FolderGuest.MKDIR, 1).u32(ROOT).string("d").u32(0750, -1)).errno());
    assertEquals(0,
        guest.ask(new Message(FolderGuest.SYMLINK, 1).u32(ROOT).string("l").string("/etc/passwd").u32(-1)).errno());
    assertEquals(0,
        guest.ask(new Message(FolderGuest.MKNOD, 1).u32(ROOT).string("p").u32(0010644, 0, 0, -1)).errno());
    for (int type : new int[]{0020000, 0060000}) {
      assertEquals(P9Error.EPERM,
          guest.ask(new Message(FolderGuest.MKNOD, 1).u32(ROOT).string("dev").u32(type | 0666, 1, 3, -1)).errno());
    }
    guest.walk(ROOT, 2, "l");
    assertEquals("/etc/passwd", guest.ask(new Message(FolderGuest.READLINK, 1).u32(2)).string());
    assertEquals(0120777, guest.attributes(2)[0]);
    assertTrue(Files.isSymbolicLink(path.resolve("l")));
    assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("d"))));
    guest.walk(ROOT, 3, "p");
    assertEquals(0010644, guest.attributes(3)[0]);
    guest.walk(ROOT, 4);
    guest.create(4, "f", READ_WRITE, 0600);
    assertEquals(0, guest.ask(new Message(FolderGuest.LINK, 1).u32(ROOT, 4).string("g")).errno());
    assertEquals(2, guest.attributes(4)[3]);
    assertFalse(Files.exists(path.resolve("dev"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void whatIsKnownOfAFileIsSet() throws IOException {
    Files.writeString(path.resolve("f"), "content");
    guest.walk(ROOT, 2, "f");
    assertEquals(0, set(1 | SIZE | 0x20 | 0x100, 0604, 4));
    assertEquals("cont", Files.readString(path.resolve("f")));
    assertEquals("rw----r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("f"))));
    assertEquals(FileTime.fromMillis(5000), Files.getLastModifiedTime(path.resolve("f")));
    assertEquals(0, set(0x40, 0, 0));
    assertEquals(0, guest.open(2, READ_WRITE | TRUNCATE));
    assertEquals(0, Files.size(path.resolve("f")));
  }

  private int set(int valid, int mode, long size) {
    return guest.ask(new Message(FolderGuest.SETATTR, 1).u32(2, valid, mode, -1, -1).u64(size, 3, 0, 5, 0)).errno();
  }

  @Test
  void attributesOfUsersAreKeptAndOthersAreNot() throws IOException {
    Files.createFile(path.resolve("f"));
    guest.walk(ROOT, 2, "f");
    writeAttribute("user.one", "value", 0);
    Answer found = guest.ask(new Message(FolderGuest.XATTRWALK, 1).u32(2, 3).string("user.one"));
    assertEquals(5, found.u64());
    assertEquals("value", guest.read(3, 0, 100));
    assertEquals("lue", guest.read(3, 2, 100));
    assertEquals(0, guest.clunk(3));
    assertEquals(9, guest.ask(new Message(FolderGuest.XATTRWALK, 1).u32(2, 3).string("")).u64());
    assertEquals("user.one\0", guest.read(3, 0, 100));
    guest.clunk(3);
    writeAttribute("user.one", "", 0);
    assertEquals(P9Error.ENODATA,
        guest.ask(new Message(FolderGuest.XATTRWALK, 1).u32(2, 3).string("user.one")).errno());
    assertEquals(P9Error.EOPNOTSUPP,
        guest.ask(new Message(FolderGuest.XATTRWALK, 1).u32(2, 3).string("security.capability")).errno());
    assertEquals(P9Error.ENOSPC,
        guest.ask(new Message(FolderGuest.XATTRCREATE, 1).u32(2).string("user.x").u64(1L << 40).u32(0)).errno());
  }

  private void writeAttribute(String name, String value, int flags) {
    guest.walk(2, 4);
    assertEquals(0, guest
        .ask(new Message(FolderGuest.XATTRCREATE, 1).u32(4).string(name).u64(value.length()).u32(flags)).errno());
    if (!value.isEmpty()) {
      assertEquals(value.length(), guest.write(4, 0, value));
      assertEquals(-P9Error.ENOSPC, guest.write(4, 1, value));
    }
    assertEquals(0, guest.clunk(4));
  }

  @Test
  void locksAndTheFileSystemAreAnswered() throws IOException {
    Files.createFile(path.resolve("f"));
    guest.walk(ROOT, 2, "f");
    Message lock = new Message(FolderGuest.LOCK, 1).u32(2).u8(1).u32(0).u64(0, 0).u32(7).string("guest");
    assertEquals(P9Error.EBADF, guest.ask(lock).errno());
    guest.open(2, READ_WRITE);
    assertEquals(0, guest.ask(lock).u8());
    assertEquals(2, guest.ask(new Message(FolderGuest.GETLOCK, 1).u32(2).u8(1).u64(0, 0).u32(7).string("g")).u8());
    Answer status = guest.ask(new Message(FolderGuest.STATFS, 1).u32(ROOT)).skip(4);
    assertTrue(status.u32() > 0 && status.u64() > 0);
  }

  @Test
  void fidsThatMeanNothingOrTooMuchAreErrors() throws IOException {
    Files.createFile(path.resolve("f"));
    guest.walk(ROOT, 2, "f");
    assertEquals("errno 9", guest.read(2, 0, 10));
    assertEquals(-P9Error.EBADF, guest.write(2, 0, "x"));
    assertEquals(P9Error.EBADF, guest.ask(new Message(FolderGuest.FSYNC, 1).u32(2, 0)).errno());
    assertEquals(0, guest.open(2, 0));
    assertEquals(P9Error.EBADF, guest.open(2, 0));
    assertEquals(P9Error.EBADF, guest.create(2, "g", 2, 0600));
    assertEquals(P9Error.EBADF, guest.open(77, 0));
    assertEquals(P9Error.EBADF, guest.walk(ROOT, -1));
    assertEquals(P9Error.EBADF,
        guest.ask(new Message(FolderGuest.ATTACH, 1).u32(ROOT, -1).string("").string("").u32(0)).errno());
    assertEquals(P9Error.EOPNOTSUPP,
        guest.ask(new Message(FolderGuest.ATTACH, 1).u32(9, 8).string("").string("").u32(0)).errno());
    assertEquals("errno 22", guest.read(2, -1, 10));
    guest.walk(ROOT, 3);
    assertEquals(P9Error.EISDIR, guest.open(3, READ_WRITE));
  }

  @Test
  void aFolderThatIsReadOnlyStaysAsItIs() throws IOException {
    Files.writeString(path.resolve("f"), "content");
    try (FolderGuest reader = new FolderGuest(path, Security.NONE, true)) {
      reader.walk(ROOT, 2, "f");
      assertEquals(P9Error.EROFS, reader.open(2, READ_WRITE));
      assertEquals(P9Error.EROFS, reader.open(2, TRUNCATE));
      assertEquals(0, reader.open(2, 0));
      assertEquals("content", reader.read(2, 0, 100));
      assertEquals(-P9Error.EROFS, reader.write(2, 0, "x"));
      for (Message change : new Message[]{new Message(FolderGuest.LCREATE, 1).u32(ROOT).string("x").u32(2, 0, 0),
          new Message(FolderGuest.MKDIR, 1).u32(ROOT).string("x").u32(0, 0),
          new Message(FolderGuest.MKNOD, 1).u32(ROOT).string("x").u32(0010000, 0, 0, 0),
          new Message(FolderGuest.SYMLINK, 1).u32(ROOT).string("x").string("y").u32(0),
          new Message(FolderGuest.LINK, 1).u32(ROOT, 2).string("x"),
          new Message(FolderGuest.UNLINKAT, 1).u32(ROOT).string("f").u32(0),
          new Message(FolderGuest.RENAMEAT, 1).u32(ROOT).string("f").u32(ROOT).string("x"),
          new Message(FolderGuest.RENAME, 1).u32(2, ROOT).string("x"),
          new Message(FolderGuest.SETATTR, 1).u32(2, 1, 0, 0, 0).u64(0, 0, 0, 0, 0),
          new Message(FolderGuest.XATTRCREATE, 1).u32(2).string("user.x").u64(1).u32(0),
          new Message(FolderGuest.REMOVE, 1).u32(2)}) {
        assertEquals(P9Error.EROFS, reader.ask(change).errno());
      }
    }
    assertEquals(Set.of("f"), Set.of(path.toFile().list()));
  }

  @Test
  void whatIsNoFolderIsRefusedInASentence() {
    FolderConfig nowhere = new FolderConfig("f", path + "/no", Security.NONE, false, Devices.WARN);
    assertEquals("-fsdev local,id=f,path=" + path + "/no: must be a directory that this process may look into; no such "
        + "file or directory", assertThrows(UserError.class, () -> Folder.open(nowhere, "t")).getMessage());
  }
}
