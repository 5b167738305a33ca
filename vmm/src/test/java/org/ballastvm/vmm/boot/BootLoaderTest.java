package org.ballastvm.vmm.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.ballastvm.vmm.config.BootConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.memory.GuestLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in guest memory, and where, when the first vCPU is entered. */
class BootLoaderTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = GuestLayout.GIB;
  private static final long ZERO_PAGE = 0x7000;
  private static final long START_INFO = 0x6000;
  private static final long SEED = 0x5000;
  private static final byte[] PROGRAM = {(byte) 0xf4, (byte) 0xeb, (byte) 0xfd}; // hlt; jmp to it

  @TempDir
  private Path directory;

  @Test
  void aBzImageIsEnteredInLongModeWithTheZeroPage() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      CpuStart start = guest.load(KernelFiles.bzImage(PROGRAM), "console=ttyS0").orElseThrow();

      assertEquals(CpuStart.Mode.LONG, start.mode());
      assertEquals(KernelFiles.LOADED_AT + 0x200, start.registers().rip());
      assertEquals(ZERO_PAGE, start.registers().rsi());
      assertEquals(0xf4, guest.ram().getByte(KernelFiles.LOADED_AT + 0x200));
      assertEquals(0x5372_6448, guest.ram().getInt(ZERO_PAGE + 0x202));
      assertEquals(0xff, guest.ram().getByte(ZERO_PAGE + 0x210));
      assertEquals(BootFixture.RSDP, guest.ram().getLong(ZERO_PAGE + 0x70));
      assertEquals("console=ttyS0", guest.text(guest.ram().getInt(ZERO_PAGE + 0x228)));
    }
  }

  @Test
  void theZeroPageHasTheMapOfMemoryOnBothSidesOfTheHole() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 5 * GIB)) {
      guest.load(KernelFiles.bzImage(PROGRAM), "");

      assertEquals(4, guest.ram().getByte(ZERO_PAGE + 0x1e8));
      long last = ZERO_PAGE + 0x2d0 + 3 * 20;
      assertEquals(4 * GIB, guest.ram().getLong(last));
      assertEquals(2 * GIB, guest.ram().getLong(last + 8));
      assertEquals(1, guest.ram().getInt(last + 16));
      assertEquals(2, guest.ram().getInt(ZERO_PAGE + 0x2d0 + 20 + 16), "the BIOS area is reserved");
    }
  }

  @Test
  void aKernelDoesNotSeeWhatItsFileSaysBehindTheHeader() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      byte[] image = edited(KernelFiles.bzImage(PROGRAM),
          file -> file.put(0x201, (byte) 0xff).putLong(0x250, 0xdead_beefL));
      Arrays.fill(image, 0x290, 0x300, (byte) 0x55);

      guest.load(image, "");

      assertEquals(0, guest.ram().getInt(ZERO_PAGE + 0x290));
      assertEquals(SEED, guest.ram().getLong(ZERO_PAGE + 0x250), "setup_data is the loader's");
    }
  }

  @Test
  void eachStartHasASeedOfItsOwnForTheKernelsRandomNumbers() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      guest.load(KernelFiles.bzImage(PROGRAM), "");

      assertEquals(List.of(0L, 9L | 32L << 32), List.of(guest.ram().getLong(SEED), guest.ram().getLong(SEED + 8)));
      byte[] seed = guest.bytes(SEED + 16, 32);
      guest.load(KernelFiles.bzImage(PROGRAM), "");
      assertFalse(Arrays.equals(seed, guest.bytes(SEED + 16, 32)));
    }
  }

  @Test
  void aBzImageThatIsToChooseItsAddressUnpacksItself() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      Path file = Files.write(directory.resolve("bzImage"), packedElf("6.1.0-1-cloud"));
      CpuStart quick = guest.loader().load(new BootConfig.Linux(file, Optional.empty(), "")).orElseThrow();
      assertEquals(16 * MIB, quick.registers().rip(), "unpacked on the host");

      CpuStart free = guest.loader().load(new BootConfig.Linux(file, Optional.empty(), "", true)).orElseThrow();
      assertEquals(KernelFiles.LOADED_AT + 0x200, free.registers().rip());
      Path elf = Files.write(directory.resolve("vmlinux"), KernelFiles.elf(16 * MIB, PROGRAM, true));
      assertTrue(assertThrows(UserError.class,
          () -> guest.loader().load(new BootConfig.Linux(elf, Optional.empty(), "", true))).getMessage()
          .endsWith("with -machine kaslr=on it must be a bzImage"));
    }
  }

  private static byte[] packedElf(String version) throws IOException {
    byte[] code = new byte[128 << 10];
    new Random(1).nextBytes(code);
    byte[] image = KernelFiles.bzImage(PROGRAM,
        KernelFiles.packed(KernelFiles::gzip, KernelFiles.elf(16 * MIB, code, true)));
    byte[] text = (version + " (builder@host) #1 SMP").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, image, 0x400, text.length);
    return edited(image, file -> file.putShort(0x20e, (short) 0x200));
  }

  /** From 4.11 to 4.20 there is a note, and an entry behind it that works on Xen alone. */
  @Test
  void theNoteOfAKernelBefore50IsPassedBy() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      assertEquals(CpuStart.Mode.PROTECTED, guest.load(packedElf("5.0.0-rc1"), "").orElseThrow().mode());
      for (String version : List.of("4.11.0", "4.19.0-27-amd64", "4.20.17")) {
        CpuStart start = guest.load(packedElf(version), "").orElseThrow();
        assertEquals(CpuStart.Mode.LONG, start.mode(), version);
        assertEquals(KernelFiles.LOADED_AT + 0x200, start.registers().rip(), version);
      }
    }
  }

  @Test
  void aVmlinuxBefore50IsEnteredInLongModeWithAZeroPage() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      CpuStart start = guest.load(withBanner("Linux version 4.19.304 (a@b)"), "quiet").orElseThrow();
      assertEquals(List.of(CpuStart.Mode.LONG, 16 * MIB + 1, ZERO_PAGE),
          List.of(start.mode(), start.registers().rip(), start.registers().rsi()));
      assertEquals(0x5372_6448, guest.ram().getInt(ZERO_PAGE + 0x202));
      assertEquals("quiet", guest.text(guest.ram().getInt(ZERO_PAGE + 0x228)));
      assertEquals(CpuStart.Mode.PROTECTED,
          guest.load(withBanner("Linux version 6.1.0 (a@b)"), "").orElseThrow().mode());
    }
  }

  /** A kernel with sections, which an old one has its banner in: .rodata at 0x1800, and the names of both behind it. */
  private static byte[] withBanner(String banner) {
    byte[] kernel = edited(KernelFiles.elf(16 * MIB, new byte[0x1000], true), file -> file.putLong(24, 16 * MIB + 1)
        .putLong(40, 0x1c00).putShort(58, (short) 64).putShort(60, (short) 2).putShort(62, (short) 1)
        .putInt(0x1c00, 1).putLong(0x1c00 + 24, 0x1800).putLong(0x1c00 + 32, 0x200)
        .putInt(0x1c40, 9).putLong(0x1c40 + 24, 0x1a00).putLong(0x1c40 + 32, 32));
    byte[] names = "\0.rodata\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(names, 0, kernel, 0x1a00, names.length);
    byte[] text = banner.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, kernel, 0x1840, text.length);
    return kernel;
  }

  @Test
  void anElfKernelIsEnteredByItsNoteWithStartInfo() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      CpuStart start = guest.load(KernelFiles.elf(16 * MIB, PROGRAM, true), "quiet").orElseThrow();

      assertEquals(CpuStart.Mode.PROTECTED, start.mode());
      assertEquals(16 * MIB, start.registers().rip());
      assertEquals(START_INFO, start.registers().rbx());
      assertEquals(0x336e_c578, guest.ram().getInt(START_INFO));
      assertEquals("quiet", guest.text(guest.ram().getLong(START_INFO + 24)));
      assertEquals(BootFixture.RSDP, guest.ram().getLong(START_INFO + 32));
      assertEquals(3, guest.ram().getInt(START_INFO + 48), "entries of the memory map");
      assertEquals(0, guest.ram().getInt(START_INFO + 12), "no module without an initrd");
    }
  }

  @Test
  void whatAnElfSegmentLeavesOutIsZeroAlsoAtTheSecondStart() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      byte[] kernel = edited(KernelFiles.elf(16 * MIB, PROGRAM, true), file -> file.putLong(64 + 40, 8192));
      guest.load(kernel, "");
      guest.ram().putInt(16 * MIB + 8188, 0x5a5a);

      guest.load(kernel, "");

      assertEquals(0, guest.ram().getInt(16 * MIB + 8188));
      assertEquals(0xf4, guest.ram().getByte(16 * MIB));
    }
  }

  @Test
  void theInitrdLiesAtTheEndOfLowMemory() throws IOException {
    byte[] initrd = UnpackerTest.kernel(10_000, 4);
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      guest.load(KernelFiles.elf(16 * MIB, PROGRAM, true), "", initrd);

      long module = guest.ram().getLong(START_INFO + 16);
      assertEquals(64 * MIB - 12288, guest.ram().getLong(module));
      assertEquals(10_000, guest.ram().getLong(module + 8));
      assertArrayEquals(initrd, guest.bytes(64 * MIB - 12288, initrd.length));
    }
  }

  @Test
  void theInitrdLiesBelowTheHoleAndBelowWhatTheKernelReaches() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 5 * GIB)) {
      guest.load(KernelFiles.elf(16 * MIB, PROGRAM, true), "", new byte[5000]);
      assertEquals(3 * GIB - 8192, guest.ram().getLong(guest.ram().getLong(START_INFO + 16)));

      guest.load(KernelFiles.bzImage(PROGRAM), "", new byte[5000]);
      assertEquals(2 * GIB - 8192, guest.ram().getInt(ZERO_PAGE + 0x218) & 0xffff_ffffL);
      assertEquals(5000, guest.ram().getInt(ZERO_PAGE + 0x21c));
    }
  }

  @Test
  void anInitrdThatDoesNotFitBehindTheKernelIsRefused() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 4 * MIB)) {
      UserError e = assertThrows(UserError.class,
          () -> guest.load(KernelFiles.bzImage(PROGRAM), "", new byte[3 << 20]));

      assertTrue(e.getMessage().startsWith("-initrd " + directory.resolve("initrd") + ": has 3145728 bytes, and there "
          + "is room for "), e.getMessage());
      assertTrue(e.getMessage().endsWith("; give the guest more memory with -m"), e.getMessage());
    }
  }

  @Test
  void anEmptyInitrdIsNone() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      guest.load(KernelFiles.bzImage(PROGRAM), "", new byte[0]);

      assertEquals(0, guest.ram().getInt(ZERO_PAGE + 0x218));
    }
  }

  @Test
  void theCommandLineMayBeAsLongAsTheKernelTakes() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      guest.load(KernelFiles.bzImage(PROGRAM), "x".repeat(2047));
      assertEquals(2047, guest.text(guest.ram().getInt(ZERO_PAGE + 0x228)).length());

      UserError e = assertThrows(UserError.class,
          () -> guest.load(KernelFiles.bzImage(PROGRAM), "x".repeat(2048)));
      assertEquals("-append: the command line has 2048 bytes; this kernel takes at most 2047", e.getMessage());
    }
  }

  @Test
  void aKernelThatTakesAnyCommandLineIsGivenNoneThatReachesTheBios() throws IOException {
    byte[] greedy = edited(KernelFiles.bzImage(PROGRAM), file -> file.putInt(0x238, -1));
    try (BootFixture guest = new BootFixture(directory, 64 * MIB)) {
      UserError e = assertThrows(UserError.class, () -> guest.load(greedy, "x".repeat(600_000)));

      assertEquals("-append: the command line has 600000 bytes; this kernel takes at most 523263", e.getMessage());
    }
  }

  @Test
  void aKernelThatNeedsMoreMemoryThanThereIsSaysHowMuch() throws IOException {
    try (BootFixture guest = new BootFixture(directory, 4 * MIB)) {
      UserError e = assertThrows(UserError.class,
          () -> guest.load(KernelFiles.elf(16 * MIB, PROGRAM, true), ""));

      assertEquals("-kernel " + directory.resolve("kernel") + ": needs memory up to 17 MiB, and the guest has 4 MiB "
          + "there; give it more with -m", e.getMessage());
    }
  }

  @Test
  void aPayloadIsEnteredInLongModeWhereItIsPut() {
    try (BootFixture guest = new BootFixture(directory, 4 * MIB)) {
      CpuStart start = guest.loader().load(new BootConfig.Payload(PROGRAM, 2 * MIB)).orElseThrow();

      assertEquals(2 * MIB, start.registers().rip());
      assertEquals(CpuStart.Mode.LONG, start.mode());
      for (long bad : new long[]{0, MIB - 4096, 2 * MIB + 1, 4 * MIB, -4096, Long.MAX_VALUE - 4095}) {
        assertThrows(UserError.class, () -> guest.loader().load(new BootConfig.Payload(PROGRAM, bad)));
      }
    }
  }

  @Test
  void withNothingToRunNothingIsEntered() {
    try (BootFixture guest = new BootFixture(directory, 4 * MIB)) {
      assertEquals(Optional.empty(), guest.loader().load(new BootConfig.Nothing()));
    }
  }

  @Test
  void filesThatAreNoKernelsAreDistinguished() throws IOException {
    Files.createDirectory(directory.resolve("folder"));
    try (BootFixture guest = new BootFixture(directory, 4 * MIB)) {
      assertEquals(": no such file", guest.refusal(directory.resolve("missing")));
      assertEquals(": is a directory; it must be a file", guest.refusal(directory.resolve("folder")));
      assertEquals(": is a pipe or a device; it must be a file", guest.refusal(Path.of("/dev/zero")));
      assertEquals(": is cut short or no kernel: it has 0 bytes",
          guest.refusal(Files.write(directory.resolve("empty"), new byte[0])));
      assertEquals(": is neither a bzImage nor an ELF vmlinux",
          guest.refusal(Files.write(directory.resolve("text"), new byte[5000])));
    }
  }

  static byte[] edited(byte[] file, Consumer<ByteBuffer> edit) {
    edit.accept(ByteBuffer.wrap(file).order(java.nio.ByteOrder.LITTLE_ENDIAN));
    return file;
  }
}
