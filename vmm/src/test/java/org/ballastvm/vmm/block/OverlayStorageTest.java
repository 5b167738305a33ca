package org.ballastvm.vmm.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.IoVectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written lies over what is below, which stays as it is. */
class OverlayStorageTest {
  private static final int SIZE = 1 << 20;

  @TempDir
  Path scratch;

  private final MemorySegment memory = Arena.ofAuto().allocate(SIZE, 4096);

  private static byte[] numbers(int length, long seed) {
    byte[] all = new byte[length];
    new Random(seed).nextBytes(all);
    return all;
  }

  private OverlayStorage overlay(byte[] below) throws IOException {
    Path file = Files.write(scratch.resolve("below"), below);
    return new OverlayStorage(new RawStorage(DiskFile.open(file, true, false), false, false),
        DiskFile.unnamedIn(scratch));
  }

  private void write(Storage disk, int offset, byte[] what) {
    MemorySegment.copy(what, 0, memory, ValueLayout.JAVA_BYTE, 0, what.length);
    IoVectors vectors = new IoVectors();
    vectors.add(memory, 0, what.length);
    assertEquals(what.length, disk.write(vectors, offset, false));
  }

  private byte[] read(Storage disk, int offset, int length) {
    IoVectors vectors = new IoVectors();
    vectors.add(memory, 0, 300);
    vectors.add(memory, 300, length - 300);
    for (int done = 0; done < length;) {
      long result = disk.read(vectors, offset + done, false);
      vectors.skip(result);
      done += (int) result;
    }
    return memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void itIsADiskLikeAnyOtherAndLeavesTheFileAlone() throws IOException {
    byte[] below = numbers(SIZE, 1);
    byte[] expected = below.clone();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (OverlayStorage disk = overlay(below)) {
      for (int step = 0; step < 500; step++) {
        int sectors = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
        int at = 512 * random.nextInt(SIZE / 512 - sectors);
        switch (random.nextInt(6)) {
          case 0 -> {
            assertEquals(0, disk.writeZeroes(at, 512L * sectors, true), "seed " + seed);
            Arrays.fill(expected, at, at + 512 * sectors, (byte) 0);
          }
          case 1, 2, 3 -> {
            byte[] what = numbers(512 * sectors, random.nextLong());
            write(disk, at, what);
            System.arraycopy(what, 0, expected, at, what.length);
          }
          default -> assertArrayEquals(Arrays.copyOfRange(expected, at, at + 512 * sectors),
              read(disk, at, 512 * sectors), "seed " + seed);
        }
      }
      assertArrayEquals(expected, read(disk, 0, SIZE), "seed " + seed);
    }
    assertArrayEquals(below, Files.readAllBytes(scratch.resolve("below")));
    try (var files = Files.list(scratch)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void theLastBlockMayBeShort() throws IOException {
    try (OverlayStorage disk = overlay(numbers(4096 + 1536, 2))) {
      assertEquals(4096 + 1536, disk.sizeBytes());
      write(disk, 4096 + 1024, new byte[512]);
      byte[] expected = numbers(4096 + 1536, 2);
      Arrays.fill(expected, 4096 + 1024, 4096 + 1536, (byte) 0);
      assertArrayEquals(expected, read(disk, 0, expected.length));
    }
  }
}
