package org.ballastvm.vmm.boot;

import org.ballastvm.vmm.memory.GuestRam;

/**
 * The tables of a vCPU that is entered in long mode: a descriptor table with flat segments, and page tables that map the
 * first 4 GiB one to one in pages of 2 MiB.
 *
 * @param pageTables where the top one is
 * @param gdt where the descriptors are
 */
record FlatTables(long pageTables, long gdt) {
  /** The top of a small stack below the tables. */
  static final long STACK = 0x8ff0;
  private static final long GDT = 0x500;
  private static final long PML4 = 0x9000;
  private static final long PDPT = 0xa000;
  private static final long DIRECTORIES = 0xb000;
  private static final long TABLE = 0x3; // present, writable
  private static final long LARGE_PAGE = 0x83; // present, writable, 2 MiB
  private static final long CODE_64 = 0x00af_9b00_0000_ffffL;
  private static final long DATA = 0x00cf_9300_0000_ffffL;

  static FlatTables write(GuestRam ram) {
    ram.putLong(GDT, 0);
    ram.putLong(GDT + 8, 0);
    ram.putLong(GDT + 16, CODE_64);
    ram.putLong(GDT + 24, DATA);
    ram.putLong(PML4, PDPT | TABLE);
    for (long i = 0; i < 4; i++) {
      ram.putLong(PDPT + i * 8, DIRECTORIES + i * 4096 | TABLE);
    }
    for (long i = 0; i < 4 * 512; i++) {
      ram.putLong(DIRECTORIES + i * 8, i << 21 | LARGE_PAGE);
    }
    return new FlatTables(PML4, GDT);
  }
}
