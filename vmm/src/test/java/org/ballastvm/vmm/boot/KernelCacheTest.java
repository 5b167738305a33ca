package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.ballastvm.vmm.boot.KernelFiles.Packer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unpacked kernels on disk: made once, by whoever comes first, and never trusted to be whole. */
class KernelCacheTest {
  private static final long MIB = 1 << 20;
  private static final byte[] PROGRAM = {(byte) 0xf4};

  @TempDir
  private Path directory;
  private Path cache;
  private byte[] vmlinux;

  @BeforeEach
  void writeAKernel() throws IOException {
    cache = directory.resolve("made/when/needed");
    vmlinux = KernelFiles.elf(2 * MIB, UnpackerTest.kernel(200 << 10, 6), true);
    write(KernelFiles::gzip);
  }

  static Stream<Packer> everyFormat() {
    return Stream.of(KernelFiles::gzip, KernelFiles::xz, KernelFiles::zstd, KernelFiles::lz4);
  }

  @ParameterizedTest
  @MethodSource("everyFormat")
  void aPackedKernelIsEnteredThroughPvh(Packer packer) throws IOException {
    byte[] image = write(packer);
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      CpuStart start = guest.load(image, "").orElseThrow();

      assertEquals(CpuStart.Mode.PROTECTED, start.mode());
      assertEquals(2 * MIB, start.registers().rip());
    }
  }

  @Test
  void aKernelIsUnpackedOnce() throws IOException {
    Path first = unpack().orElseThrow();
    FileTime long_ago = FileTime.from(Instant.EPOCH);
    Files.setLastModifiedTime(first, long_ago);

    assertEquals(first, unpack().orElseThrow());

    assertEquals(long_ago, Files.getLastModifiedTime(first));
    assertArrayEquals(vmlinux, Files.readAllBytes(first));
  }

  @ParameterizedTest
  @MethodSource("everyFormat")
  void aKernelBuiltAnewOfTheSameLengthsIsAnotherKernel(Packer packer) throws IOException {
    vmlinux = KernelFiles.elf(2 * MIB, UnpackerTest.kernel(1 << 20, 6), true);
    byte[] image = write(packer);
    Path first = unpack().orElseThrow();
    assertTrue(image.length > 400 << 10, "a middle far from both ends");
    image[image.length / 2] ^= 0x55;

    Files.write(directory.resolve("kernel"), image);

    assertTrue(unpack().filter(first::equals).isEmpty(), "the old kernel");
  }

  @Test
  void aTruncatedCacheFileIsMadeAnew() throws IOException {
    Path unpacked = unpack().orElseThrow();
    Files.write(unpacked, new byte[100]);

    assertEquals(unpacked, unpack().orElseThrow());

    assertArrayEquals(vmlinux, Files.readAllBytes(unpacked));
  }

  @Test
  void aCacheFileOfTheRightLengthAndNothingInItIsPassedBy() throws IOException {
    byte[] image = write(KernelFiles::gzip);
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      guest.load(image, "");
      try (Stream<Path> files = Files.list(directory.resolve("cache"))) {
        Files.write(files.findFirst().orElseThrow(), new byte[vmlinux.length]);
      }

      assertEquals(CpuStart.Mode.LONG, guest.load(image, "").orElseThrow().mode());
    }
  }

  @Test
  void aDirectoryThatCannotBeMadeIsDoneWithout() throws IOException {
    cache = Files.write(directory.resolve("file"), new byte[0]).resolve("below");

    assertEquals(Optional.empty(), unpack());
  }

  @Test
  void aDamagedKernelLeavesNothingInTheCache() throws IOException {
    byte[] image = write(KernelFiles::gzip);
    image[image.length / 2] ^= 0x55;
    Files.write(directory.resolve("kernel"), image);

    assertEquals(Optional.empty(), unpack());

    assertEquals(List.of(), listed());
  }

  @Test
  void whatAKilledProcessLeftIsClearedAwayLater() throws IOException {
    Files.createDirectories(cache);
    Path abandoned = Files.write(cache.resolve("partial-1"), new byte[10]);
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.EPOCH));
    Path inTheMaking = Files.write(cache.resolve("partial-2"), new byte[10]);

    Path unpacked = unpack().orElseThrow();

    assertEquals(List.of(inTheMaking, unpacked), listed());
  }

  @Test
  void manyAtOnceAllGetTheWholeKernel() throws IOException, InterruptedException, ExecutionException {
    List<Future<Optional<Path>>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        all.add(threads.submit(this::unpack));
      }
    }
    for (Future<Optional<Path>> one : all) {
      assertArrayEquals(vmlinux, Files.readAllBytes(one.get().orElseThrow()));
    }
    assertEquals(1, listed().size());
  }

  @Test
  void aKernelWithoutANoteUnpacksItself() throws IOException {
    vmlinux = KernelFiles.elf(2 * MIB, UnpackerTest.kernel(200 << 10, 7), false);
    byte[] image = write(KernelFiles::xz);
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      assertEquals(CpuStart.Mode.LONG, guest.load(image, "").orElseThrow().mode());
    }
  }

  private byte[] write(Packer packer) throws IOException {
    byte[] image = KernelFiles.bzImage(PROGRAM, KernelFiles.packed(packer, vmlinux));
    Files.write(directory.resolve("kernel"), image);
    return image;
  }

  private Optional<Path> unpack() {
    try (KernelFile file = KernelFile.open("-kernel", directory.resolve("kernel"))) {
      return new KernelCache(cache).unpacked(file, BzImage.parse(file));
    }
  }

  private List<Path> listed() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      List<Path> all = files.sorted().toList();
      assertTrue(all.stream().allMatch(Files::isRegularFile));
      return all;
    }
  }
}
