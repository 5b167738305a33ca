package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels whose every field may lie: each is refused in one sentence, or runs, and nothing else happens. */
class HostileKernelTest {
  private static final long MIB = 1 << 20;
  private static final byte[] PROGRAM = new byte[4096];
  private static final long[] LIES = {0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000L,
      0xffff_ffffL, 0xffff_f000L, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 4096, 4096, MIB, 16 * MIB};

  @TempDir
  private Path directory;

  private static Arguments lie(String expected, Consumer<ByteBuffer> edit) { return Arguments.of(expected, edit); }

  static Stream<Arguments> liesOfABzImage() {
    String place = "; it must be a multiple of 4 KiB between 1 MiB and 4 GiB";
    return Stream.of(
        lie("without a 64-bit entry; it must be a 64-bit kernel of protocol 2.12 or later",
            f -> f.putShort(0x206, (short) 0x020b)),
        lie("without a 64-bit entry; it must be a 64-bit kernel of protocol 2.12 or later",
            f -> f.putShort(0x236, (short) 0)),
        lie("without a 64-bit entry; it must be a 64-bit kernel of protocol 2.12 or later",
            f -> f.put(0x211, (byte) 0)),
        lie("is a bzImage cut short", f -> f.putInt(0x1f4, -1)),
        lie("is a bzImage cut short", f -> f.put(0x1f1, (byte) 0xff)),
        lie("bytes at 0x0" + place, f -> f.putLong(0x258, 0)), lie("bytes at 0x200001" + place,
            f -> f.putLong(0x258, 0x20_0001)),
        lie("bytes at 0xfffffffffff00000" + place, f -> f.putLong(0x258, -MIB)),
        lie("bytes at 0x7ffffffffffff000" + place, f -> f.putLong(0x258, Long.MAX_VALUE - 4095)),
        lie("that says it needs no more than 1", f -> f.putInt(0x260, 1)),
        lie("bytes at 0x200000" + place, f -> f.putInt(0x260, 1 - (2 << 20))),
        lie("needs memory up to 4096 MiB", f -> f.putInt(0x260, -(2 << 20))));
  }

  @ParameterizedTest
  @MethodSource("liesOfABzImage")
  void aBzImageThatLiesIsRefused(String expected, Consumer<ByteBuffer> edit) throws IOException {
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      String refusal = guest.refusal(BootLoaderTest.edited(KernelFiles.bzImage(PROGRAM), edit));

      assertTrue(refusal.contains(expected), refusal);
    }
  }

  static Stream<Arguments> liesOfAnElf() {
    String between = "; all must lie between 1 MiB and 4 GiB";
    return Stream.of(lie("is an ELF file for another machine", f -> f.put(4, (byte) 1)),
        lie("is an ELF file for another machine", f -> f.put(5, (byte) 2)),
        lie("is an ELF file for another machine", f -> f.putShort(18, (short) 183)),
        lie("has 0 ELF program headers", f -> f.putShort(56, (short) 0)),
        lie("has 65535 ELF program headers", f -> f.putShort(56, (short) -1)),
        lie("is cut short within its ELF program headers", f -> f.putLong(32, Long.MAX_VALUE)),
        lie("is cut short within its ELF program headers", f -> f.putLong(32, -64)),
        lie("is cut short: segment 0 needs", f -> f.putLong(64 + 8, Long.MAX_VALUE)),
        lie("is cut short: segment 0 needs", f -> f.putLong(64 + 32, -1)),
        lie("at physical 0x7000" + between, f -> f.putLong(64 + 24, 0x7000)),
        lie("at physical 0xfffffffffffff000" + between, f -> f.putLong(64 + 24, -4096)),
        lie(between, f -> f.putLong(64 + 40, Long.MAX_VALUE)), lie(between, f -> f.putLong(64 + 40, 1)),
        lie("is an ELF file with nothing to load", f -> f.putLong(64 + 40, 0)),
        lie("without a PVH note", f -> f.putInt(64 + 56, 7)), lie("without a PVH note", f -> f.putInt(0x208, 17)),
        lie("without a PVH note", f -> f.putInt(0x200, Integer.MAX_VALUE)),
        lie("without a PVH note", f -> f.putInt(0x204, -1)), lie("without a PVH note", f -> f.putInt(0x20c, 0)),
        lie("without a PVH note", f -> f.putLong(64 + 56 + 32, Long.MAX_VALUE)),
        lie("names the entry 0xffffffff, where nothing is loaded", f -> f.putInt(0x210, -1)));
  }

  @ParameterizedTest
  @MethodSource("liesOfAnElf")
  void anElfThatLiesIsRefused(String expected, Consumer<ByteBuffer> edit) throws IOException {
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      String refusal = guest.refusal(BootLoaderTest.edited(KernelFiles.elf(2 * MIB, PROGRAM, true), edit));

      assertTrue(refusal.contains(expected), refusal);
    }
  }

  @Test
  void aKernelCutShortAnywhereIsRefusedOrWhole() throws IOException {
    byte[] elf = KernelFiles.elf(2 * MIB, PROGRAM, true);
    byte[] image = KernelFiles.bzImage(PROGRAM);
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      for (int length = 0; length < image.length - 15; length += length < 0x310 ? 7 : 333) {
        assertFalse(guest.refusal(Arrays.copyOf(image, length)).isEmpty());
      }
      for (int length = 0; length < elf.length; length += length < 0x310 ? 7 : 333) {
        assertFalse(guest.refusal(Arrays.copyOf(elf, length)).isEmpty());
      }
    }
  }

  @Test
  void whateverTheFieldsSayAnythingButOneSentenceIsABug() throws IOException {
    byte[] packed = KernelFiles.packed(KernelFiles::lz4,
        KernelFiles.elf(2 * MIB, UnpackerTest.kernel(100 << 10, 5), true));
    byte[][] whole = {KernelFiles.bzImage(PROGRAM, packed), KernelFiles.elf(2 * MIB, PROGRAM, true)};
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int loaded = 0;
    try (BootFixture guest = new BootFixture(directory, 16 * MIB)) {
      for (int i = 0; i < 1500; i++) {
        byte[] kernel = mutated(whole[i % 2], random);
        try {
          guest.load(kernel, "console=ttyS0", new byte[5000]);
          loaded++;
        } catch (UserError e) {
          assertFalse(e.getMessage().contains("\n"), e.getMessage());
        } catch (RuntimeException | Error e) {
          throw new AssertionError("seed " + seed + ", attempt " + i, e);
        }
      }
    }
    assertTrue(loaded > 50, "seed " + seed + ": the lies hit what is read, and not only: " + loaded);
  }

  private static byte[] mutated(byte[] whole, Random random) {
    byte[] kernel = whole.clone();
    ByteBuffer file = ByteBuffer.wrap(kernel).order(ByteOrder.LITTLE_ENDIAN);
    boolean elf = kernel[0] == 0x7f;
    for (int lies = random.nextInt(1, 4); lies > 0; lies--) {
      int at = elf ? random.nextInt(random.nextBoolean() ? 0xb0 : 0x220) : 0x1f1 + random.nextInt(0x80);
      long value = random.nextInt(4) == 0 ? random.nextLong() : LIES[random.nextInt(LIES.length)];
      switch (random.nextInt(4)) {
        case 0 -> file.put(at, (byte) value);
        case 1 -> file.putShort(at & -2, (short) value);
        case 2 -> file.putInt(at & -4, (int) value);
        default -> file.putLong(at & -8, value);
      }
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(kernel, random.nextInt(kernel.length)) : kernel;
  }
}
