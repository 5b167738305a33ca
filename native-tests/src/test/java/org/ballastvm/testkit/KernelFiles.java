package org.ballastvm.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Files that look like kernels as far as a loader looks, and halt where they are entered. */
final class KernelFiles {
  static final int LONGEST_COMMAND_LINE = 2047;
  private static final int SECTOR = 512;
  private static final int ENTRY_64 = 0x200;
  private static final byte[] HALT = {(byte) 0xfa, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd}; // cli; 1: hlt; jmp 1b
  private static final int ELF_HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final long LOAD_ADDRESS = 0x100_0000;

  private KernelFiles() {}

  /** A bzImage by Documentation/arch/x86/boot.rst; {@code codeBytes} is a multiple of 16, at least 1 KiB. */
  static byte[] bzImage(int codeBytes) {
    ByteBuffer file = ByteBuffer.allocate(2 * SECTOR + codeBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0x1f1, (byte) 1); // setup_sects
    file.putInt(0x1f4, codeBytes / 16); // syssize
    file.putShort(0x1fe, (short) 0xaa55);
    file.putShort(0x200, (short) 0x66eb); // jump
    file.putInt(0x202, 0x5372_6448); // HdrS
    file.putShort(0x206, (short) 0x020f); // version
    file.put(0x211, (byte) 1); // loadflags: high
    file.putInt(0x22c, 0x7fff_ffff); // initrd_addr_max
    file.putShort(0x236, (short) 1); // xloadflags: 64-bit entry
    file.putInt(0x238, LONGEST_COMMAND_LINE);
    file.putLong(0x258, LOAD_ADDRESS); // pref_address
    file.putInt(0x260, 0x10_0000); // init_size
    file.put(2 * SECTOR + ENTRY_64, HALT);
    return file.array();
  }

  /** An ELF file for x86-64 with one segment and no note. */
  static byte[] elfWithoutNote() {
    ByteBuffer file = ByteBuffer.allocate(ELF_HEADER + PROGRAM_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[]{0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    file.putShort((short) 2).putShort((short) 62).putInt(1); // executable, x86-64
    file.putLong(LOAD_ADDRESS).putLong(ELF_HEADER).putLong(0).putInt(0);
    file.putShort((short) ELF_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 1);
    file.position(ELF_HEADER);
    file.putInt(1).putInt(5); // PT_LOAD, readable and executable
    file.putLong(0).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS).putLong(file.capacity()).putLong(SECTOR)
        .putLong(SECTOR);
    return file.array();
  }
}
