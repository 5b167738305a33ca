package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.ballastvm.kvm.HostNode.Opening;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes of file systems, found one name at a time. */
class HostNodeTest {
  private static final Opening WRITE = new Opening(true, true, false, false, false);

  @TempDir
  Path directory;

  private HostNode root;

  @BeforeEach
  void open() { root = HostNode.directory(directory); }

  @AfterEach
  void close() { root.close(); }

  private static MemorySegment text(Arena arena, String text) {
    return arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Errno refusal(Runnable deed) { return assertThrows(HostError.class, deed::run).errno(); }

  @Test
  void aFileIsWrittenAndReadInPieces() throws IOException {
    try (HostNode file = root.create("f", WRITE, 0600); Arena arena = Arena.ofConfined()) {
      assertEquals(11, file.write(List.of(text(arena, "hello "), text(arena, "world")), 3));
      MemorySegment first = arena.allocate(5);
      MemorySegment second = arena.allocate(64);
      assertEquals(13, file.read(List.of(first, second), 1));
      assertEquals("\0\0hel", new String(first.toArray(JAVA_BYTE), StandardCharsets.UTF_8));
      assertEquals("lo world", new String(second.asSlice(0, 8).toArray(JAVA_BYTE), StandardCharsets.UTF_8));
      file.sync(false);
      file.sync(true);
    }
    assertEquals("\0\0\0hello world", Files.readString(directory.resolve("f")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "up", "out", "/", "/etc", "sub/f", "link/f"})
  void whatLeadsElsewhereIsNotFoundOrNotFollowed(String name) throws IOException {
    Files.createSymbolicLink(directory.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(directory.resolve("out"), Path.of("/etc/passwd"));
    Files.createDirectory(directory.resolve("sub"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("/etc"));
    try (HostNode found = root.find(name)) {
      assertTrue(found.status().isLink(), name);
      assertEquals(Errno.ELOOP, refusal(() -> found.open(Opening.READ).close()));
      assertEquals(Errno.ENOTDIR, refusal(() -> found.find("passwd").close()));
    } catch (HostError e) {
      assertTrue(Set.of(Errno.EXDEV, Errno.ELOOP, Errno.ENOENT).contains(e.errno()), e.getMessage());
    }
  }

  @Test
  void aLinkSaysWhereItLeadsAndHasAStatusOfItsOwn() {
    root.makeLink("l", "/no/where");
    try (HostNode link = root.find("l")) {
      assertEquals("/no/where", link.readLink());
      assertEquals(9, link.status().sizeBytes());
      assertEquals(NodeStatus.LINK | 0777, link.status().mode());
    }
  }

  @Test
  void aNodeStaysItselfWhenItsNameIsAnothers() throws IOException {
    Files.writeString(directory.resolve("a"), "first");
    try (HostNode first = root.find("a")) {
      root.rename("a", root, "b");
      Files.writeString(directory.resolve("a"), "second!");
      root.remove("b", false);
      assertEquals(5, first.status().sizeBytes());
      assertEquals(0, first.status().links());
      try (HostNode opened = first.open(WRITE)) {
        opened.truncate(2);
      }
      first.truncate(1);
      assertEquals(1, first.status().sizeBytes());
    }
    assertEquals("second!", Files.readString(directory.resolve("a")));
  }

  @Test
  void aNameThatIsTakenIsNotMadeAnew() {
    root.create("f", WRITE, 0644).close();
    assertEquals(Errno.EEXIST, refusal(() -> root.create("f", WRITE, 0644).close()));
    root.makeLink("l", "f");
    assertEquals(Errno.EEXIST, refusal(() -> root.create("l", WRITE, 0644).close()));
    assertEquals(Errno.ENAMETOOLONG, refusal(() -> root.find("x".repeat(5000)).close()));
    assertEquals(Errno.ENOENT, refusal(() -> root.find("nobody").close()));
  }

  @Test
  void aNodeThatIsNotOpenedCanBeChanged() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "x");
    try (HostNode node = root.find("f")) {
      node.changeMode(0640);
      assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      node.changeTimes(NodeTime.of(1000, 5), NodeTime.of(2000, 7));
      node.changeTimes(NodeTime.OMIT, NodeTime.of(3000, 0));
      assertEquals(new NodeTime(1000, 5), node.status().accessed());
      assertEquals(new NodeTime(3000, 0), node.status().modified());
      node.changeOwner(-1, -1);
      assertThrows(HostError.class, () -> NodeTime.of(0, NodeTime.NOW.nanos()));
    }
  }

  @Test
  void directoriesAreListedFromAnyPlace() throws IOException {
    root.makeDirectory("d", 0755);
    Set<String> names = new TreeSet<>(Set.of(".", ".."));
    for (int i = 0; i < 100; i++) {
      names.add(Files.createFile(directory.resolve("d/file-" + i)).getFileName().toString());
    }
    try (HostNode d = root.find("d"); HostNode opened = d.open(Opening.READ); Arena arena = Arena.ofConfined()) {
      assertEquals(names, new TreeSet<>(list(opened, arena.allocate(256, 8))));
      assertEquals(names, new TreeSet<>(list(opened, arena.allocate(65536, 8))));
    }
    assertEquals(Errno.ENOTEMPTY, refusal(() -> root.remove("d", true)));
    assertEquals(Errno.EISDIR, refusal(() -> root.remove("d", false)));
  }

  /** Of each look, half is forgotten and asked for again. */
  private static List<String> list(HostNode opened, MemorySegment memory) {
    List<String> names = new java.util.ArrayList<>();
    long position = 0;
    while (true) {
      DirectoryEntries entries = new DirectoryEntries(memory, opened.entries(memory, position));
      int taken = 0;
      for (; taken < 3 && entries.next(); taken++) {
        names.add(entries.name());
        position = entries.position();
      }
      if (taken == 0) {
        return names;
      }
    }
  }

  @Test
  void linksAndFifosAreMade() {
    root.create("f", WRITE, 0644).close();
    try (HostNode file = root.find("f")) {
      root.link(file, "g");
      assertEquals(2, file.status().links());
      try (HostNode other = root.find("g"); HostNode again = other.place()) {
        assertTrue(other.status().isSameNode(file.status()));
        assertTrue(again.status().isSameNode(file.status()));
      }
    }
    root.makeNode("p", 0010600, 0);
    try (HostNode fifo = root.find("p")) {
      assertEquals(0010600, fifo.status().mode());
      assertFalse(fifo.status().isSameNode(root.status()));
    }
    assertEquals(Errno.EXDEV, refusal(() -> root.find("../x").close()));
  }

  @Test
  void attributesAreKeptWhereTheFileSystemHasThem() {
    root.create("f", WRITE, 0644).close();
    try (HostNode file = root.find("f")) {
      NodeAttributes attributes = new NodeAttributes(file);
      assertEquals(7, attributes.number("user.n", 4, 7));
      attributes.setNumber("user.n", 4, 0x1234_5678L);
      assertEquals(0x1234_5678L, attributes.number("user.n", 4, 0));
      attributes.set("user.t", new byte[]{1, 2, 3}, 1);
      assertEquals(Errno.EEXIST, refusal(() -> attributes.set("user.t", new byte[]{4}, 1)));
      assertEquals(3, attributes.get("user.t").orElseThrow()[2]);
      assertTrue(attributes.names().containsAll(List.of("user.n", "user.t")));
      attributes.remove("user.t");
      assertTrue(attributes.get("user.t").isEmpty());
      assertEquals(Errno.ENODATA, refusal(() -> attributes.remove("user.t")));
    }
  }

  @Test
  void aFileSystemTellsItsSize() {
    FileSystemStatus status = root.fileSystem();
    assertTrue(status.blocks() > 0 && status.blockBytes() > 0 && status.longestName() == 255, status.toString());
    assertTrue(HostProcess.mostDescriptors() >= 64);
  }
}
