package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.ballastvm.vmm.boot.KernelFiles.Packer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the four libraries make of kernels, whole and damaged. */
class UnpackerTest {
  private static final int BEFORE = 123;

  @TempDir
  private Path directory;

  static Stream<Arguments> everyFormat() {
    return Stream.of(Arguments.of(Unpacker.GZIP, (Packer) KernelFiles::gzip),
        Arguments.of(Unpacker.XZ, (Packer) KernelFiles::xz), Arguments.of(Unpacker.ZSTD, (Packer) KernelFiles::zstd),
        Arguments.of(Unpacker.LZ4, (Packer) KernelFiles::lz4));
  }

  @ParameterizedTest
  @MethodSource("everyFormat")
  void aPackedKernelComesOutAsItWas(Unpacker format, Packer packer) throws IOException {
    byte[] kernel = kernel(format == Unpacker.LZ4 ? 9 << 20 : 1 << 20, 1); // more than one block of lz4
    byte[] packed = KernelFiles.packed(packer, kernel);

    assertEquals(Optional.of(format), Unpacker.of(ByteBuffer.wrap(packed)));
    assertArrayEquals(kernel, unpack(format, packed, kernel.length));
  }

  @ParameterizedTest
  @MethodSource("everyFormat")
  void aKernelThatEndsEarlyIsNoKernel(Unpacker format, Packer packer) throws IOException {
    byte[] packed = KernelFiles.packed(packer, kernel(1 << 20, 2));

    assertThrows(IOException.class, () -> unpack(format, packed, (1 << 20) + 1));
    byte[] half = java.util.Arrays.copyOf(packed, packed.length / 2);
    assertThrows(IOException.class, () -> unpack(format, half, 1 << 20));
  }

  @ParameterizedTest
  @MethodSource("everyFormat")
  void damageIsNeverMoreThanAnError(Unpacker format, Packer packer) throws IOException {
    byte[] kernel = kernel(64 << 10, 3);
    byte[] packed = KernelFiles.packed(packer, kernel);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = packed.clone();
      for (int hits = random.nextInt(1, 8); hits > 0; hits--) {
        int reach = random.nextBoolean() ? 64 : damaged.length;
        damaged[random.nextInt(reach)] = (byte) random.nextInt();
      }
      try {
        unpack(format, damaged, kernel.length);
      } catch (IOException e) {
        assertTrue(e.getMessage() != null || e instanceof EOFException, "seed " + seed + ": " + e);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", attempt " + i, e);
      }
    }
  }

  @Test
  void aBlockLargerThanTheFormatHasIsRefusedBeforeItIsRead() {
    byte[] packed = KernelFiles.littleEndian(100).putInt(0x184c_2102).putInt(0x7fff_fff0).array();

    IOException e = assertThrows(IOException.class, () -> unpack(Unpacker.LZ4, packed, 1000));

    assertEquals("a block of 2147483632 bytes; a block of lz4 has at most 8421520", e.getMessage());
  }

  @Test
  void otherFormatsAreLeftToTheGuest() {
    assertEquals(Optional.empty(), Unpacker.of(ByteBuffer.wrap(new byte[]{'B', 'Z', 'h', '9', 0, 0, 0})));
    assertEquals(Optional.empty(), Unpacker.of(ByteBuffer.wrap(new byte[]{0x5d, 0, 0, 0, 1})));
    assertEquals(Optional.empty(), Unpacker.of(ByteBuffer.wrap(new byte[1])));
  }

  /** In tests every module of the JDK is there; where Ballast runs, only those that somebody requires. */
  @Test
  void theLibraryForZstdIsGivenTheModuleItNeeds() {
    Module vmm = Unpacker.class.getModule();
    Assumptions.assumeTrue(vmm.isNamed(), "these tests do not run as a module");

    assertTrue(vmm.getDescriptor().requires().stream().anyMatch(needed -> needed.name().equals("jdk.unsupported")));
  }

  /** Half of it packs well, half does not. */
  static byte[] kernel(int bytes, long seed) {
    byte[] kernel = new byte[bytes];
    new Random(seed).nextBytes(kernel);
    java.util.Arrays.fill(kernel, bytes / 4, bytes / 2, (byte) 0x90);
    java.util.Arrays.fill(kernel, bytes / 4 * 3, bytes, (byte) 0);
    return kernel;
  }

  private byte[] unpack(Unpacker format, byte[] packed, int unpackedBytes) throws IOException {
    Path from = directory.resolve("packed");
    Path to = directory.resolve("unpacked");
    byte[] file = new byte[BEFORE + packed.length + 1000];
    System.arraycopy(packed, 0, file, BEFORE, packed.length);
    Files.write(from, file);
    Files.write(to, new byte[0]);
    try (FileChannel in = FileChannel.open(from);
        FileChannel out = FileChannel.open(to, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      format.unpack(in, BEFORE, packed.length, unpackedBytes, out);
    }
    return Files.readAllBytes(to);
  }
}
