package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.ballastvm.kvm.generated.Host;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdSetsTest {
  private static final int SET = 771;
  private static final Path NAME = Path.of("/dev/fdset/" + SET);

  @TempDir
  private Path directory;

  @AfterEach
  void removeTheSet() { FdSets.ofProcess().remove(SET, OptionalInt.empty()); }

  private static PassedDescriptor passed(HostFile file) {
    return new PassedDescriptor((int) PassedDescriptor.copyOf(file.fd()), "passed");
  }

  private int give(String content) throws IOException {
    Path path = Files.writeString(directory.resolve("file"), content);
    try (HostFile file = HostFile.open(path, false)) {
      PassedDescriptor descriptor = passed(file);
      Files.delete(path); // So that nobody opens it by its own name.
      int number = descriptor.number();
      FdSets.ofProcess().add(descriptor, OptionalInt.of(SET), Optional.of("rw:file"));
      return number;
    }
  }

  @Test
  void aFileIsOpenedByTheNameOfItsSet() throws IOException {
    int number = give("12345");
    try (DiskFile disk = DiskFile.open(NAME, false, false); HostFile memory = HostFile.open(NAME, true)) {
      assertEquals(5, disk.sizeBytes());
      memory.truncate(4096);
      assertEquals(4096, disk.sizeBytes());
      assertTrue(FdSets.ofProcess().remove(SET, OptionalInt.of(number)));
      assertEquals(4096, disk.sizeBytes());
    }
    assertEquals(Errno.ENOENT, assertThrows(HostError.class, () -> DiskFile.open(NAME, false, false)).errno());
  }

  @Test
  void aStreamNeedsOneThatWasOpenedToWrite() throws IOException {
    give("12345");
    assertEquals(Errno.EACCES, assertThrows(HostError.class, () -> HostStream.createFile(NAME, true)).errno());
  }

  @Test
  void oneThatWasOpenedForMoreIsNotOpenedToReadAlone() throws IOException {
    give("12345");
    assertEquals(Errno.EACCES, assertThrows(HostError.class, () -> DiskFile.open(NAME, true, false)).errno());
  }

  @Test
  void setsAreListedAndGoWithTheirLast() {
    FdSets sets = new FdSets();
    try (HostFile file = HostFile.memfd("test", OptionalLong.empty())) {
      int first = sets.add(passed(file), OptionalInt.empty(), Optional.empty());
      int second = sets.add(passed(file), OptionalInt.empty(), Optional.of("two"));
      assertEquals(List.of(0, 1), List.of(first, second));
      assertEquals(List.of(0, 1), sets.all().stream().map(FdSets.FdSet::id).toList());
      assertEquals(Optional.of("two"), sets.all().getLast().members().getFirst().opaque());
      assertFalse(sets.remove(0, OptionalInt.of(-1)));
      assertTrue(sets.remove(0, OptionalInt.empty()));
      assertFalse(sets.remove(0, OptionalInt.empty()));
      assertEquals(1, sets.all().size());
      new PassedDescriptor((int) sets.copy(1, Host.O_RDWR()), "copy").close();
      assertTrue(sets.remove(1, OptionalInt.empty()));
    }
  }

  @Test
  void whatThisProcessOpenedItselfIsNotGiven() {
    try (HostFile own = HostFile.memfd("test", OptionalLong.empty())) {
      for (int number : new int[]{own.fd(), 0, 1, 2, -1, 1_000_000}) {
        assertEquals(Errno.EBADF, assertThrows(HostError.class, () -> PassedDescriptor.inherited(number)).errno());
      }
    }
  }
}
