package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.ballastvm.kvm.generated.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mapped memory, and each way of giving it back: proven resident first, then gone and zero. */
class HostMappingTest {
  private static final long SIZE = 4 << 20;
  private static final long OFFSET = 1 << 20;
  private static final long LENGTH = 2 << 20;

  @Test
  void privateMemoryIsForgotten() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, false, true)) {
      fill(memory);
      assertEquals(SIZE, memory.residentBytes());

      memory.advise(OFFSET, LENGTH, Advice.DONTNEED);

      assertGone(memory);
    }
  }

  @Test
  void pagesAreTakenByAWriteOfEachWhereTheKernelDoesNotKnowHow() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, false, true)) {
      memory.chunk(0).set(JAVA_LONG, OFFSET, 0xda7aL);

      memory.populate(new BeforeLinux514(), 0, SIZE, 4096);

      assertEquals(SIZE, memory.residentBytes());
      assertEquals(0xda7aL, memory.chunk(0).get(JAVA_LONG, OFFSET));
    }
  }

  @Test
  void aPageThatTheHostHasNotIsAnErrorThereToo() {
    try (HostFile file = HostFile.memfd("test", OptionalLong.empty());
        HostMapping memory = HostMapping.ofFile(file, 0, SIZE, true, true)) {
      HostError e = assertThrows(HostError.class, () -> memory.populate(new BeforeLinux514(), 0, SIZE, 4096));
      assertEquals(Errno.EFAULT, e.errno());
    }
  }

  /** A kernel that does not know MADV_POPULATE_WRITE. */
  private static final class BeforeLinux514 implements NativeCalls {
    @Override
    public String name() { return "before Linux 5.14"; }

    @Override
    public long syscall(long number, long a, long b, long c, long d, long e, long f) {
      assertEquals(List.of((long) Host.SYS_madvise(), (long) Advice.POPULATE_WRITE.code), List.of(number, c));
      return -Host.EINVAL();
    }

    @Override
    public long installHarmlessHandler(int signal) { throw new UnsupportedOperationException(); }

    @Override
    public MemorySegment view(long address, long lengthBytes, Arena lifetime) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void sharedMemoryIsRemoved() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, true, true)) {
      fill(memory);
      assertEquals(SIZE, memory.residentBytes());

      memory.advise(OFFSET, LENGTH, Advice.REMOVE);

      assertGone(memory);
    }
  }

  @Test
  void forgettingSharedMemoryGivesNothingBack() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, true, true)) {
      fill(memory);

      memory.advise(OFFSET, LENGTH, Advice.DONTNEED);

      assertEquals(SIZE, memory.residentBytes());
      assertEquals(0x55, memory.chunk(0).get(JAVA_BYTE, OFFSET), "the old content came back");
    }
  }

  @Test
  void aSharedFileIsPunched() {
    try (HostFile file = sized(HostFile.memfd("test", OptionalLong.empty()));
        HostMapping memory = HostMapping.ofFile(file, 0, SIZE, true, true);
        HostMapping other = HostMapping.ofFile(file, 0, SIZE, true, true)) {
      fill(memory);
      assertEquals(SIZE, file.allocatedBytes());

      file.punchHole(OFFSET, LENGTH);

      assertEquals(SIZE - LENGTH, file.allocatedBytes());
      assertEquals(SIZE, file.sizeBytes());
      assertGone(memory);
      assertEquals(0, other.chunk(0).get(JAVA_LONG, OFFSET));
    }
  }

  @Test
  void aPrivateFileMappingIsPunchedAndForgotten() {
    try (HostFile file = sized(HostFile.memfd("test", OptionalLong.empty()));
        HostMapping whole = HostMapping.ofFile(file, 0, SIZE, true, true);
        HostMapping copy = HostMapping.ofFile(file, 0, SIZE, false, true)) {
      fill(whole);
      copy.chunk(0).fill((byte) 0x66);
      assertEquals(0x55, whole.chunk(0).get(JAVA_BYTE, OFFSET), "a private write stays private");

      file.punchHole(OFFSET, LENGTH);
      assertEquals(0x66, copy.chunk(0).get(JAVA_BYTE, OFFSET), "the hole alone leaves the copies");
      copy.advise(OFFSET, LENGTH, Advice.DONTNEED);

      assertEquals(SIZE - LENGTH, file.allocatedBytes());
      assertGone(whole);
      assertEquals(0, copy.chunk(0).get(JAVA_BYTE, OFFSET));
    }
  }

  @Test
  void aFileOnDiskIsPunched(@TempDir Path directory) {
    try (HostFile file = sized(HostFile.open(directory.resolve("ram"), true));
        HostMapping memory = HostMapping.ofFile(file, 0, SIZE, true, true)) {
      fill(memory);
      assertEquals(SIZE, memory.residentBytes());

      file.punchHole(OFFSET, LENGTH);

      assertGone(memory);
    }
  }

  @Test
  void aSealedFileRefusesAHole() {
    try (HostFile file = sized(HostFile.memfd("test", OptionalLong.empty()))) {
      file.sealAgainstWrites();

      HostError error = assertThrows(HostError.class, () -> file.punchHole(OFFSET, LENGTH));

      assertEquals(Errno.EPERM, error.errno());
      assertEquals("fallocate PUNCH_HOLE memfd test: EPERM (not permitted)", error.getMessage());
    }
  }

  @Test
  void anUnalignedRangeIsRefusedByTheHost() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, false, true)) {
      HostError error = assertThrows(HostError.class, () -> memory.advise(1, 4096, Advice.DONTNEED));

      assertEquals("madvise MADV_DONTNEED", error.operation());
      assertEquals(Errno.EINVAL, error.errno());
    }
  }

  @Test
  void whatCouldHoldAHugePageBeginsAtOne() {
    long hugePage = 2L << 20;
    for (long size : new long[]{hugePage, 5 * hugePage - 4096, 1L << 30}) {
      try (HostMapping memory = HostMapping.anonymous(size, size < 1L << 30, false)) {
        assertEquals(0, memory.address() % hugePage);
        memory.chunk(0).set(java.lang.foreign.ValueLayout.JAVA_BYTE, size - 1, (byte) 1);
      }
    }
  }

  @Test
  void memoryIsSeenInChunks() {
    long size = 2 * HostMapping.CHUNK_BYTES + 8192;
    try (HostMapping memory = HostMapping.anonymous(size, false, false)) {
      assertEquals(3, memory.chunkCount());
      assertEquals(HostMapping.CHUNK_BYTES, memory.chunk(1).byteSize());
      assertEquals(8192, memory.chunk(2).byteSize());

      memory.chunk(2).set(JAVA_LONG, 4096, 42);

      assertEquals(memory.address() + 2 * HostMapping.CHUNK_BYTES, memory.chunk(2).address());
      assertEquals(4096, memory.residentBytes(2 * HostMapping.CHUNK_BYTES, 8192));
    }
  }

  @Test
  void populatedMemoryIsResident() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, false, true)) {
      assertEquals(0, memory.residentBytes());

      memory.advise(OFFSET, LENGTH, Advice.POPULATE_WRITE);

      assertEquals(LENGTH, memory.residentBytes(OFFSET, LENGTH));
    }
  }

  @Test
  void givingBackAllocatesNothing() {
    try (HostMapping mine = HostMapping.anonymous(SIZE, false, true);
        HostMapping ours = HostMapping.anonymous(SIZE, true, true);
        HostFile file = sized(HostFile.memfd("test", OptionalLong.empty()))) {
      assertEquals(0, Allocation.least(() -> {
        mine.advise(OFFSET, 4096, Advice.DONTNEED);
        ours.advise(OFFSET, 4096, Advice.REMOVE);
        file.punchHole(OFFSET, 4096);
      }));
    }
  }

  @Test
  void hugePagesThatTheHostHasNotAreAnErrorAndNoCrash() {
    try (HostFile file = HostFile.memfd("huge", OptionalLong.of(1L << 30))) {
      file.truncate(64L << 30);
      HostError error = assertThrows(HostError.class, () -> HostMapping.ofFile(file, 0, 64L << 30, true, true));
      assertEquals("mmap of 68719476736 bytes of memfd huge", error.operation());
      assertEquals(Errno.ENOMEM, error.errno());
    } catch (HostError e) { // a processor without pages of 1 GiB
      assertEquals("memfd_create huge", e.operation());
    }
  }

  @Test
  void rangesOutsideAreRefusedBeforeTheHostIsAsked() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, false, true)) {
      assertThrows(IndexOutOfBoundsException.class, () -> memory.advise(SIZE - 4096, 8192, Advice.DONTNEED));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.advise(-4096, 4096, Advice.DONTNEED));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.advise(Long.MAX_VALUE, 4096, Advice.DONTNEED));
      assertThrows(IndexOutOfBoundsException.class, () -> memory.residentBytes(0, SIZE + 1));
    }
  }

  @Test
  void closedMemoryIsOutOfReach() {
    HostMapping memory = HostMapping.anonymous(SIZE, false, true);
    memory.close();
    memory.close();

    assertThrows(IllegalStateException.class, () -> memory.chunk(0));
    assertThrows(IllegalStateException.class, memory::address);
    assertThrows(IllegalStateException.class, () -> memory.advise(0, 4096, Advice.DONTNEED));
    assertThrows(IllegalStateException.class, memory::residentBytes);
  }

  @Test
  void aClosedFileIsOutOfReach() {
    HostFile file = HostFile.memfd("test", OptionalLong.empty());
    file.close();
    file.close();

    assertThrows(IllegalStateException.class, file::sizeBytes);
    assertThrows(IllegalStateException.class, () -> file.punchHole(0, 4096));
  }

  @Test
  void tooMuchMemoryIsAnErrorThatNamesIt() {
    HostError error = assertThrows(HostError.class, () -> HostMapping.anonymous(1L << 60, false, true));

    assertEquals(Errno.ENOMEM, error.errno());
    assertEquals("mmap of 1152921504606846976 bytes of anonymous memory", error.operation());
  }

  @Test
  void filesThatCannotBeOpenedAreNamed(@TempDir Path directory) throws Exception {
    assertEquals(Errno.EISDIR, assertThrows(HostError.class, () -> HostFile.open(directory, false)).errno());
    Path absent = directory.resolve("absent");
    HostError error = assertThrows(HostError.class, () -> HostFile.open(absent, false));
    assertEquals("open " + absent + ": ENOENT (no such file or directory)", error.getMessage());

    HostFile.open(absent, true).close();

    assertEquals("[OWNER_READ, OWNER_WRITE]",
        new java.util.TreeSet<>(Files.getPosixFilePermissions(absent)).toString());
  }

  private static HostFile sized(HostFile file) {
    file.truncate(SIZE);
    return file;
  }

  private static void fill(HostMapping memory) { memory.chunk(0).fill((byte) 0x55); }

  /** Looks at residency first, because reading shared memory allocates its pages again. */
  private static void assertGone(HostMapping memory) {
    assertEquals(0, memory.residentBytes(OFFSET, LENGTH));
    assertEquals(0x55, memory.chunk(0).get(JAVA_BYTE, OFFSET - 1));
    assertEquals(0x55, memory.chunk(0).get(JAVA_BYTE, OFFSET + LENGTH));
    for (long at = 0; at < LENGTH; at += 8) {
      assertEquals(0, memory.chunk(0).get(JAVA_LONG, OFFSET + at));
    }
  }

  @Test
  void eachResidentPageIsFound() {
    try (HostMapping memory = HostMapping.anonymous(SIZE, false, true)) {
      memory.advise(0, SIZE, Advice.NOHUGEPAGE);
      memory.chunk(0).set(ValueLayout.JAVA_BYTE, 3 * 4096, (byte) 1);
      memory.chunk(0).set(ValueLayout.JAVA_BYTE, 5 * 4096 + 4095, (byte) 1);
      List<Long> found = new ArrayList<>();
      memory.forEachResident(0, SIZE, found::add);
      assertEquals(List.of(3 * 4096L, 5 * 4096L), found);
      found.clear();
      memory.forEachResident(4 * 4096, SIZE - 4 * 4096, found::add);
      assertEquals(List.of(5 * 4096L), found);
      assertThrows(IndexOutOfBoundsException.class, () -> memory.forEachResident(4096, SIZE, found::add));
    }
  }
}
