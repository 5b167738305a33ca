package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads and writes in pieces, holes, and locks that others see. */
class DiskFileTest {
  private static final int SIZE = 64 << 10;

  @TempDir
  Path scratch;

  private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, 4096);
  private final IoVectors vectors = new IoVectors();

  private Path file() throws IOException { return Files.write(scratch.resolve("disk"), new byte[SIZE]); }

  @Test
  void piecesAreWrittenOneBehindTheOtherAndReadAgain() throws IOException {
    try (DiskFile disk = DiskFile.open(file(), false, false)) {
      memory.asSlice(0, 100).fill((byte) 1);
      memory.asSlice(5000, 412).fill((byte) 2);
      vectors.add(memory, 0, 100);
      vectors.add(memory, 5000, 412);
      assertEquals(512, vectors.bytes());
      assertEquals(512, disk.write(vectors, 1024, true));
      vectors.clear();
      vectors.add(memory, 9000, 101);
      assertEquals(101, disk.read(vectors, 1024, false));
      assertEquals(1, memory.get(JAVA_BYTE, 9099));
      assertEquals(2, memory.get(JAVA_BYTE, 9100));
      assertEquals(0, disk.sync());
      assertEquals(SIZE, disk.sizeBytes());
    }
  }

  @Test
  void whatIsDoneIsLeftOutAndWhatIsBehindALimitToo() throws IOException {
    try (DiskFile disk = DiskFile.open(file(), false, false)) {
      memory.fill((byte) 7);
      vectors.add(memory, 0, 512);
      vectors.add(memory, 4096, 1024);
      vectors.skip(700);
      assertEquals(836, vectors.bytes());
      int all = vectors.limit(100);
      assertEquals(100, disk.write(vectors, 0, false));
      vectors.unlimit(all);
      vectors.skip(100);
      assertEquals(736, vectors.bytes());
      assertEquals(736, disk.write(vectors, 100, false));
      vectors.skip(736);
      assertEquals(0, vectors.bytes());
    }
    byte[] content = Files.readAllBytes(scratch.resolve("disk"));
    assertEquals(7, content[835]);
    assertEquals(0, content[836]);
  }

  @Test
  void aPieceThatIsNotInItsMemoryIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> vectors.add(memory, SIZE - 1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> vectors.add(memory, -1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> vectors.add(memory, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> vectors.add(MemorySegment.ofArray(new byte[8]), 0, 8));
    for (int i = 0; i < IoVectors.MOST; i++) {
      vectors.add(memory, i, 1);
    }
    assertTrue(vectors.isFull());
    assertThrows(IllegalStateException.class, () -> vectors.add(memory, 0, 1));
  }

  @Test
  void memoryThatCannotBeReachedIsAnErrnoAndNoCrash() throws IOException {
    try (DiskFile disk = DiskFile.open(file(), false, false);
        HostMapping hidden = HostMapping.anonymous(SIZE, false, true)) {
      hidden.hide(0, SIZE);
      vectors.add(hidden.chunk(0), 0, 4096);
      assertEquals(-Errno.EFAULT.code(), disk.read(vectors, 0, false));
      assertEquals(-Errno.EFAULT.code(), disk.write(vectors, 0, false));
    }
  }

  @Test
  void aHoleReadsAsZeros() throws IOException {
    try (DiskFile disk = DiskFile.open(file(), false, false)) {
      memory.fill((byte) 7);
      vectors.add(memory, 0, SIZE);
      assertEquals(SIZE, disk.write(vectors, 0, false));
      assertEquals(0, disk.punchHole(4096, 8192));
      vectors.clear();
      vectors.add(memory, 0, SIZE);
      assertEquals(SIZE, disk.read(vectors, 0, false));
      assertEquals(7, memory.get(JAVA_BYTE, 4095));
      assertEquals(0, memory.get(JAVA_BYTE, 4096));
      assertEquals(0, memory.get(JAVA_BYTE, 12287));
      assertEquals(7, memory.get(JAVA_BYTE, 12288));
    }
  }

  @Test
  void locksAreSeenByOtherOpenFilesOfThisProcess() throws IOException {
    Path path = file();
    try (DiskFile one = DiskFile.open(path, false, false); DiskFile other = DiskFile.open(path, true, false)) {
      assertTrue(one.lockShared(100));
      assertTrue(other.isLockedByOther(100));
      assertFalse(one.isLockedByOther(100));
      assertFalse(other.isLockedByOther(101));
      assertTrue(other.lockShared(100));
      one.unlock(100);
      assertFalse(other.isLockedByOther(100));
    }
  }

  @Test
  void whatIsNoDiskIsRefused() throws IOException {
    assertEquals(Errno.ENOENT,
        assertThrows(HostError.class, () -> DiskFile.open(scratch.resolve("none"), true, false)).errno());
    assertEquals(Errno.ENOTBLK, assertThrows(HostError.class, () -> DiskFile.open(scratch, true, false)).errno());
    assertEquals(Errno.ENOTBLK,
        assertThrows(HostError.class, () -> DiskFile.open(Path.of("/dev/null"), true, false)).errno());
    Path path = file();
    try (DiskFile disk = DiskFile.open(path, true, false)) {
      vectors.add(memory, 0, 512);
      assertEquals(-Errno.EBADF.code(), disk.write(vectors, 0, false));
    }
  }
}
