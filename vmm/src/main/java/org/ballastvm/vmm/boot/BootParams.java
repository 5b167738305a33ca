package org.ballastvm.vmm.boot;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;

/** {@code struct boot_params}, the zero page: what a bzImage is told. Source: asm/bootparam.h, boot.rst. */
final class BootParams {
  private static final long ADDRESS = 0x7000;
  private static final int PAGE_BYTES = 4096;
  private static final int ACPI_RSDP_ADDR = 0x070;
  private static final int E820_ENTRIES = 0x1e8;
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

  /** Writes it, and answers where it is. */
  static long write(GuestRam ram, GuestLayout layout, BzImage image, long commandLine, BootLoader.Initrd initrd,
      long rsdp) {
    ram.view(ADDRESS, PAGE_BYTES).fill((byte) 0);
    MemorySegment setup = MemorySegment.ofArray(image.setup().array());
    ram.write(ADDRESS + BzImage.HEADER, setup, BzImage.HEADER, image.headerEnd() - BzImage.HEADER);
    ram.putByte(ADDRESS + TYPE_OF_LOADER, LOADER_UNDEFINED);
    ram.putInt(ADDRESS + RAMDISK_IMAGE, (int) initrd.base());
    ram.putInt(ADDRESS + RAMDISK_SIZE, (int) initrd.sizeBytes());
    ram.putInt(ADDRESS + CMD_LINE_PTR, (int) commandLine);
    ram.putLong(ADDRESS + SETUP_DATA, 0);
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

  static int e820Type(GuestLayout.Kind kind) {
    return switch (kind) {
      case USABLE -> E820_RAM;
      case RESERVED -> E820_RESERVED;
    };
  }
}
