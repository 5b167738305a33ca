package org.ballastvm.vmm.boot;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.memory.GuestLayout;

/**
 * A Linux bzImage: the setup header, and behind it the program that unpacks the kernel.
 *
 * <p>
 * Source: Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
 *
 * @param setup the first sectors of the file
 * @param codeOffset where in the file the protected-mode code begins
 * @param codeBytes how long it is
 */
record BzImage(ByteBuffer setup, long codeOffset, long codeBytes) {
  /** {@code setup_header} begins here, in the file and in {@code boot_params}. */
  static final int HEADER = 0x1f1;
  /** The 64-bit entry, from where the code is loaded. */
  static final int ENTRY_64 = 0x200;
  private static final int SECTOR = 512;
  private static final int KERNEL_VERSION = 0x20e;
  private static final int LONGEST_VERSION = 32;
  private static final int SYSSIZE = 0x1f4;
  private static final long FOUR_GIB = 1L << 32;
  private static final int BOOT_FLAG = 0x1fe;
  private static final int MAGIC = 0x202;
  private static final int VERSION = 0x206;
  private static final int LOADFLAGS = 0x211;
  private static final int INITRD_ADDR_MAX = 0x22c;
  private static final int XLOADFLAGS = 0x236;
  private static final int CMDLINE_SIZE = 0x238;
  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24c;
  private static final int PREF_ADDRESS = 0x258;
  private static final int INIT_SIZE = 0x260;
  private static final int HDRS = 0x5372_6448; // "HdrS"
  private static final int VERSION_2_12 = 0x020c; // the first with xloadflags
  private static final int XLF_KERNEL_64 = 1;
  private static final int LOADED_HIGH = 1;
  private static final int LONGEST_HEADER = 0x300;

  static boolean isBzImage(ByteBuffer head) {
    return head.remaining() >= MAGIC + 4 && head.getShort(BOOT_FLAG) == (short) 0xaa55 && head.getInt(MAGIC) == HDRS;
  }

  static BzImage parse(KernelFile file) {
    ByteBuffer setup = file.readOrNull(0, LONGEST_HEADER);
    if (setup == null) {
      throw file.error("is cut short within the setup header of a bzImage: it has " + file.sizeBytes() + " bytes");
    }
    int version = setup.getShort(VERSION) & 0xffff;
    if (version < VERSION_2_12 || (setup.getShort(XLOADFLAGS) & XLF_KERNEL_64) == 0
        || (setup.get(LOADFLAGS) & LOADED_HIGH) == 0) {
      throw file.error("is a bzImage of boot protocol " + (version >> 8) + "." + (version & 0xff)
          + " without a 64-bit entry; it must be a 64-bit kernel of protocol 2.12 or later");
    }
    int sectors = setup.get(HEADER) & 0xff;
    long codeOffset = (sectors == 0 ? 4 : sectors) * (long) SECTOR + SECTOR;
    BzImage image = new BzImage(setup, codeOffset, file.sizeBytes() - codeOffset);
    // syssize counts paragraphs of 16 bytes; the file may be longer (signatures), never shorter.
    long promised = Math.max(Integer.toUnsignedLong(setup.getInt(SYSSIZE)) * 16, ENTRY_64 + 16);
    if (image.codeBytes < promised - 15) {
      throw file.error("is a bzImage cut short: its header promises " + (codeOffset + promised) + " bytes, and it has "
          + file.sizeBytes());
    }
    image.requirePlace(file);
    return image;
  }

  /** Where it wants to be must leave the first MiB alone, and hold all of it. */
  private void requirePlace(KernelFile file) {
    long base = preferredAddress();
    if (base < GuestLayout.BIOS_END || base > FOUR_GIB - initBytes() || base % PageSize.BYTES != 0) {
      throw file.error("is a bzImage that wants " + initBytes() + " bytes at 0x" + Long.toHexString(base)
          + "; it must be a multiple of 4 KiB between 1 MiB and 4 GiB");
    }
    if (initBytes() < codeBytes) {
      throw file.error("is a bzImage of " + codeBytes + " bytes behind its setup that says it needs no more than "
          + initBytes());
    }
  }

  /** The version that the header points to, if it does. */
  Optional<KernelVersion> version(KernelFile file) {
    int at = setup.getShort(KERNEL_VERSION) & 0xffff;
    ByteBuffer text = at == 0 ? null : file.readOrNull(at + (long) SECTOR, LONGEST_VERSION);
    return text == null ? Optional.empty() : KernelVersion.at(text);
  }

  /** {@return where in the file the packed kernel is} */
  long payloadOffset() {
    return codeOffset + Integer.toUnsignedLong(setup.getInt(PAYLOAD_OFFSET));
  }

  /** {@return how long the packed kernel is, in bytes} */
  long payloadBytes() {
    return Integer.toUnsignedLong(setup.getInt(PAYLOAD_LENGTH));
  }

  /** {@return where the kernel would like to be} */
  long preferredAddress() { return setup.getLong(PREF_ADDRESS); }

  /** {@return how much memory it needs from there on until it has unpacked itself} */
  long initBytes() {
    return Integer.toUnsignedLong(setup.getInt(INIT_SIZE));
  }

  /** {@return the highest address that a byte of the initrd may have} */
  long initrdAddressMax() {
    return Integer.toUnsignedLong(setup.getInt(INITRD_ADDR_MAX));
  }

  /** {@return the longest command line it takes, without the terminating zero} */
  long longestCommandLine() {
    return Integer.toUnsignedLong(setup.getInt(CMDLINE_SIZE));
  }

  /** {@return where the setup header ends, in the file and in boot_params} */
  int headerEnd() {
    return Math.min(MAGIC + (setup.get(0x201) & 0xff), 0x290);
  }
}
