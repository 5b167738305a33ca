package org.ballastvm.vmm.boot;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.ballastvm.kvm.HostRandom;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;

/** {@code struct boot_params}, the zero page: what a bzImage is given. Source: asm/bootparam.h, boot.rst. */
final class BootParams {
  private static final long ADDRESS = 0x7000;
  private static final long SEED = 0x5000;
  private static final int SETUP_RNG_SEED = 9;
  private static final int SEED_BYTES = 32;
  private static final int ACPI_RSDP_ADDR = 0x070;
  private static final int E820_ENTRIES = 0x1e8;
  private static final int BOOT_FLAG = 0x1fe;
  private static final short BOOT_MAGIC = (short) 0xaa55;
  private static final int HEADER_MAGIC = 0x202;
  private static final int HDRS = 0x5372_6448;
  private static final int VERSION = 0x206;
  private static final short VERSION_2_12 = 0x20c;
  private static final int LOADFLAGS = 0x211;
  private static final byte LOADED_HIGH = 1;
  private static final int ALIGNMENT = 0x230;
  private static final int END_OF_2_12 = 0x268;
  private static final int TYPE_OF_LOADER = 0x210;
  private static final int RAMDISK_IMAGE = 0x218;
  private static final int RAMDISK_SIZE = 0x21c;
  private static final int CMD_LINE_PTR = 0x228;
  private static final int SETUP_DATA = 0x250;
  private static final int E820_TABLE = 0x2d0;
  private static final int E820_ENTRY_BYTES = 20;
  private static final int LOADER_UNDEFINED = 0xff;
  private static final int E820_RAM = 1;
  private static final int E820_RESERVED = 2;

  private BootParams() {}

  /**
   * The setup header of a kernel's file.
   *
   * @param bytes the file's first bytes
   * @param end where the header ends in it
   */
  record Header(ByteBuffer bytes, int end) {
    static Header of(BzImage image) { return new Header(image.setup(), image.headerEnd()); }

    /** One for a vmlinux, which has none: what a kernel looks for before it believes the page. */
    static Header ofVmlinux() {
      ByteBuffer bytes = ByteBuffer.allocate(END_OF_2_12).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putShort(BOOT_FLAG, BOOT_MAGIC).putInt(HEADER_MAGIC, HDRS).putShort(VERSION, VERSION_2_12);
      return new Header(bytes.put(LOADFLAGS, LOADED_HIGH).putInt(ALIGNMENT, 2 << 20), END_OF_2_12);
    }
  }

  /** Writes it, and answers where it is. */
  static long write(GuestRam ram, GuestLayout layout, Header header, long commandLine, Initrd initrd,
      long rsdp) {
    ram.view(ADDRESS, PageSize.BYTES).fill((byte) 0);
    MemorySegment setup = MemorySegment.ofBuffer(header.bytes.duplicate().clear());
    ram.write(ADDRESS + BzImage.HEADER, setup, BzImage.HEADER, header.end - BzImage.HEADER);
    ram.putByte(ADDRESS + TYPE_OF_LOADER, LOADER_UNDEFINED);
    ram.putInt(ADDRESS + RAMDISK_IMAGE, (int) initrd.base());
    ram.putInt(ADDRESS + RAMDISK_SIZE, (int) initrd.sizeBytes());
    ram.putInt(ADDRESS + CMD_LINE_PTR, (int) commandLine);
    ram.putLong(ADDRESS + SETUP_DATA, writeSeed(ram));
    ram.putLong(ADDRESS + ACPI_RSDP_ADDR, rsdp);
    List<GuestLayout.Range> map = layout.map();
    ram.putByte(ADDRESS + E820_ENTRIES, map.size());
    for (int i = 0; i < map.size(); i++) {
      long at = ADDRESS + E820_TABLE + (long) i * E820_ENTRY_BYTES;
      ram.putLong(at, map.get(i).base());
      ram.putLong(at + 8, map.get(i).sizeBytes());
      ram.putInt(at + 16, e820Type(map.get(i).kind()));
    }
    return ADDRESS;
  }

  /** Random bytes of the host, which a kernel mixes in before it needs any, and wipes (from 6.0 on). */
  private static long writeSeed(GuestRam ram) {
    ram.putLong(SEED, 0); // next
    ram.putInt(SEED + 8, SETUP_RNG_SEED);
    ram.putInt(SEED + 12, SEED_BYTES);
    HostRandom.fill(ram.view(SEED + 16, SEED_BYTES));
    return SEED;
  }

  static int e820Type(GuestLayout.Kind kind) {
    return switch (kind) {
      case USABLE -> E820_RAM;
      case RESERVED -> E820_RESERVED;
    };
  }
}
