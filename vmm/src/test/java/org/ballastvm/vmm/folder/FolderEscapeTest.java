package org.ballastvm.vmm.folder;

import static org.ballastvm.vmm.folder.FolderGuest.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.ballastvm.p9.Answer;
import org.ballastvm.p9.Message;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.vmm.config.FolderConfig;
import org.ballastvm.vmm.config.FolderConfig.Security;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that wants out of its folder. Outside lies a secret, which it must neither read, change nor find. */
class FolderEscapeTest {
  private static final String SECRET = "what no guest may know";
  private static final int LOOKS = 2_000;

  @TempDir
  Path place;

  private Path inside;
  private Path outside;
  private FolderGuest guest;

  @BeforeEach
  void mount() throws IOException {
    inside = Files.createDirectory(place.resolve("inside"));
    outside = Files.createDirectory(place.resolve("outside"));
    Files.writeString(outside.resolve("secret"), SECRET);
    Files.createDirectories(inside.resolve("d/e"));
    Files.writeString(inside.resolve("d/secret"), "nothing");
    guest = new FolderGuest(inside, Security.NONE, false);
  }

  @AfterEach
  void unmount() throws IOException {
    guest.close();
    assertEquals(SECRET, Files.readString(outside.resolve("secret")));
    assertEquals(1, outside.toFile().list().length);
  }

  @Test
  void linksThatLeadOutAreSeenAndNotFollowed() throws IOException {
    Files.createSymbolicLink(inside.resolve("abs"), outside);
    Files.createSymbolicLink(inside.resolve("rel"), Path.of("../outside"));
    Files.createSymbolicLink(inside.resolve("file"), outside.resolve("secret"));
    Files.createSymbolicLink(inside.resolve("proc"), Path.of("/proc/self/root"));
    for (String link : new String[]{"abs", "rel", "file", "proc"}) {
      assertEquals(0, guest.walk(ROOT, 2, link));
      assertEquals(P9Error.ELOOP, guest.open(2, 0));
      assertEquals(20, guest.walk(2, 3, "secret"));
      assertNotEquals(0, guest.create(2, "new", 2, 0600));
      assertNotEquals(0, guest.ask(new Message(FolderGuest.MKDIR, 1).u32(2).string("new").u32(0700, -1)).errno());
      assertNotEquals(0, guest.ask(new Message(FolderGuest.UNLINKAT, 1).u32(2).string("secret").u32(0)).errno());
      assertNotEquals(0,
          guest.ask(new Message(FolderGuest.RENAMEAT, 1).u32(2).string("secret").u32(ROOT).string("mine")).errno());
      assertNotEquals(0, guest.ask(new Message(FolderGuest.SETATTR, 1).u32(2, 8, 0, 0, 0).u64(0, 0, 0, 0, 0)).errno());
      assertEquals(0, guest.clunk(2));
      assertEquals(-1, guest.walk(ROOT, 2, link, "secret"));
    }
  }

  @Test
  void aNewFileDoesNotFollowALinkOfItsName() throws IOException {
    Files.createSymbolicLink(inside.resolve("new"), outside.resolve("made"));
    guest.walk(ROOT, 2);
    assertEquals(P9Error.EEXIST, guest.create(2, "new", 2, 0600));
  }

  @Test
  void noNodeIsOpenedThatIsNeitherFileNorDirectory() throws Exception {
    Path fifo = inside.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    guest.walk(ROOT, 2, "fifo");
    for (int flags = 0; flags < 3; flags++) {
      assertEquals(P9Error.EPERM, guest.open(2, flags));
    }
    try (FolderGuest devices = new FolderGuest(Path.of("/dev"), Security.NONE, false)) {
      assertEquals(0, devices.walk(ROOT, 2, "null"));
      assertEquals(P9Error.EPERM, devices.open(2, 2));
      assertEquals(0020000, devices.attributes(2)[0] & 0170000);
    }
  }

  /** The host swaps a directory for a link to what is outside, again and again, while the guest looks into it. */
  @Test
  void whatIsSwappedUnderItsFeetLeadsNowhereElse() throws Exception {
    Path link = Files.createSymbolicLink(place.resolve("link"), outside);
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong swaps = new AtomicLong();
    Thread host = new Thread(() -> swap(link, over, swaps));
    host.start();
    int found = 0;
    try (FolderGuest four = new FolderGuest(
        new FolderConfig("f", inside.toString(), Security.NONE, false, FolderConfig.Devices.REMAP),
        new FolderWorkers("t", bug -> {
          throw new AssertionError(bug);
        }))) {
      for (int i = 0; i < LOOKS; i++) {
        found += look(four);
      }
    } finally {
      over.set(true);
      host.join(TimeUnit.MINUTES.toMillis(1));
    }
    assertTrue(found > 0 && swaps.get() > 100, found + " looks found something in " + swaps + " swaps");
  }

  private static int look(FolderGuest guest) {
    int walked = guest.walk(ROOT, 2, "d", "secret");
    if (walked != 0) {
      return 0;
    }
    int opened = guest.open(2, 0);
    assertEquals(0, opened);
    assertEquals("nothing", guest.read(2, 0, 100));
    assertEquals(0, guest.walk(2, 3, "..", "..", ".."));
    Answer root = guest.ask(new Message(FolderGuest.WALK, 1).u32(3, 4).u16(0));
    assertEquals(0, root.errno());
    assertEquals(0, guest.walk(3, 5, ".."));
    guest.clunk(2);
    guest.clunk(3);
    guest.clunk(4);
    guest.clunk(5);
    return 1;
  }

  private void swap(Path link, AtomicBoolean over, AtomicLong swaps) {
    Path kept = place.resolve("kept");
    Path directory = inside.resolve("d");
    try {
      while (!over.get()) {
        Files.move(directory, kept, StandardCopyOption.ATOMIC_MOVE);
        Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
        Files.move(directory, link, StandardCopyOption.ATOMIC_MOVE);
        Files.move(kept, directory, StandardCopyOption.ATOMIC_MOVE);
        swaps.incrementAndGet();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
