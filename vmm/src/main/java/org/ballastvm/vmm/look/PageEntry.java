package org.ballastvm.vmm.look;

/**
 * An entry of a page table.
 *
 * @param level of the table that it is in
 * @param at its physical address
 * @param value what it holds
 * @param page whether it maps a page, if it is present; else it leads to the next table
 */
public record PageEntry(Level level, long at, long value, boolean page) {
  static final int PAGE_SHIFT = 12;
  static final long PRESENT = 1;
  static final long WRITABLE = 1 << 1;
  static final long USER = 1 << 2;
  static final long WRITE_THROUGH = 1 << 3;
  static final long UNCACHED = 1 << 4;
  static final long ACCESSED = 1 << 5;
  static final long DIRTY = 1 << 6;
  static final long LARGE = 1 << 7;
  static final long GLOBAL = 1 << 8;
  static final long NO_EXECUTE = 1L << 63;

  private static final String LETTERS = "XGPDACTUW";
  private static final long[] FLAGS = {NO_EXECUTE, GLOBAL, LARGE, DIRTY, ACCESSED, UNCACHED, WRITE_THROUGH, USER,
      WRITABLE};

  /** Tables, the topmost first, by Intel's names: Linux has pgd, p4d, pud, pmd and pte. */
  public enum Level {
    /** With five levels alone. */
    PML5(4),
    /** Of 64-bit mode. */
    PML4(3),
    /** Page directory pointers; a page is 1 GiB. */
    PDPT(2),
    /** Page directory; a page is 2 MiB, or 4 MiB without PAE. */
    PD(1),
    /** Page table; a page is 4 KiB. */
    PT(0);

    private final int above;

    /** That many levels stand between it and pages. */
    Level(int above) { this.above = above; }

    /** How many low bits of an address an entry spans, in tables of 512. */
    int shift() {
      return PAGE_SHIFT + 9 * above;
    }
  }

  /** {@return whether it is present} */
  public boolean isPresent() { return (value & PRESENT) != 0; }

  /** {@return its flags in QEMU's letters, a dash for each that is not set: not executable, global, large page, dirty, accessed, uncached, write-through, user, writable} */
  public String flags() {
    return flags(value);
  }

  static String flags(long value) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < FLAGS.length; i++) {
      text.append((value & FLAGS[i]) != 0 ? LETTERS.charAt(i) : '-');
    }
    return text.toString();
  }
}
