package org.ballastvm.vmm.look;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.look.PageEntry.Level;
import org.ballastvm.vmm.look.Translation.Ending;

/**
 * The page tables of a CPU, as it would walk them: Intel SDM volume 3, 4.3 to 4.5. Nothing is marked as accessed. Tables are the
 * guest's word: each entry is looked at once, and where one leads out of memory is where a walk ends.
 */
public final class PageTables {
  static final long ADDRESS = 0x000f_ffff_ffff_f000L;
  private static final long NARROW_ADDRESS = 0xffff_f000L;
  private static final long CR4_LARGE_PAGES = 1 << 4;
  private static final long CR4_PAE = 1 << 5;
  private static final long CR4_FIVE_LEVELS = 1 << 12;
  /** With page table isolation, the tables of user mode lie behind the kernel's (PTI_USER_PGTABLE_BIT, asm/pgtable.h). */
  private static final long USER_TABLES = 0x1000;
  private static final int TOP_ENTRIES = 512;
  private static final List<Level> LEGACY = List.of(Level.PD, Level.PT);

  private final GuestMemory memory;
  private final boolean paging;
  private final long top;
  private final boolean wide;
  private final boolean largePages;
  /** The topmost first. */
  private final List<Level> levels;
  /** How many bits an address has. */
  private final int bits;

  /**
   * Those that a CPU uses.
   *
   * @param memory all of the guest's
   * @param cpu whose they are
   */
  public PageTables(GuestMemory memory, CpuState cpu) { this(memory, cpu, cpu.special().cr3()); }

  private PageTables(GuestMemory memory, CpuState cpu, long cr3) {
    long cr4 = cpu.special().cr4();
    this.memory = memory;
    this.paging = cpu.isPaging();
    this.wide = cpu.isLongMode() || (cr4 & CR4_PAE) != 0;
    this.largePages = wide || (cr4 & CR4_LARGE_PAGES) != 0;
    if (cpu.isLongMode()) {
      boolean five = (cr4 & CR4_FIVE_LEVELS) != 0;
      this.levels = List.of(Level.values()).subList(five ? 0 : 1, Level.values().length);
      this.bits = five ? 57 : 48;
      this.top = cr3 & ADDRESS;
    } else {
      this.levels = wide ? List.of(Level.PDPT, Level.PD, Level.PT) : LEGACY;
      this.bits = Integer.SIZE;
      this.top = cr3 & (wide ? 0xffff_ffe0L : NARROW_ADDRESS);
    }
  }

  /**
   * Those by which the kernel sees its own memory. A CPU that is in user mode may have others, which show little of that (page
   * table isolation): the kernel's lie before them then, and map the same for user mode.
   *
   * @param memory all of the guest's
   * @param cpu that the kernel runs on
   * @return the kernel's, or those that the CPU uses where there are no others
   */
  public static PageTables ofKernel(GuestMemory memory, CpuState cpu) {
    long cr3 = cpu.special().cr3();
    boolean isolated = cpu.isLongMode() && cpu.isPaging() && (cr3 & USER_TABLES) != 0
        && mapAlike(memory, cr3 & ADDRESS & ~USER_TABLES, cr3 & ADDRESS);
    return new PageTables(memory, cpu, isolated ? cr3 & ~USER_TABLES : cr3);
  }

  /** Whether two tables map the same for user mode, and anything: in the kernel's, user mode's code is not executable. */
  private static boolean mapAlike(GuestMemory memory, long kernel, long user) {
    if (!memory.contains(kernel, 2 * USER_TABLES)) {
      return false;
    }
    boolean any = false;
    for (int i = 0; i < TOP_ENTRIES / 2; i++) {
      long entry = memory.getLong(user + 8L * i);
      if (((memory.getLong(kernel + 8L * i) ^ entry) & ~PageEntry.NO_EXECUTE) != 0) {
        return false;
      }
      any |= entry != 0;
    }
    return any;
  }

  /** {@return whether addresses go through them at all} */
  public boolean isPaging() { return paging; }

  /** {@return the physical address of the topmost table} */
  public long top() { return top; }

  /** {@return how many levels there are} */
  public int levelCount() { return levels.size(); }

  /**
   * Where an address leads, and by which entries.
   *
   * @param address linear; any number
   * @return the way
   */
  public Translation walk(long address) {
    List<PageEntry> way = new ArrayList<>();
    Found found = find(address, (level, at, value) -> way.add(new PageEntry(level, at, value, isPage(level, value))));
    return found.ending == null
        ? new Translation.Mapped(address, way, found.physical, found.pageBytes())
        : new Translation.NotMapped(address, way, found.ending);
  }

  /** Takes the entries on the way of a walk. */
  @FunctionalInterface
  interface Step {
    /** An entry that was read. */
    void entry(Level level, long at, long value);
  }

  /**
   * How a walk ended.
   *
   * @param ending why there is no page; null if there is one
   * @param physical address that is mapped
   * @param shift of the size of its page
   */
  record Found(Ending ending, long physical, int shift) {
    static Found none(Ending why) { return new Found(why, 0, 0); }

    static Found page(long frame, long address, int shift) {
      long within = (1L << shift) - 1;
      return new Found(null, frame & ~within | address & within, shift);
    }

    boolean isMapped() { return ending == null; }

    long pageBytes() { return 1L << shift; }

    /** How many bytes from there on lie in the same page. */
    long rest() {
      return pageBytes() - (physical & pageBytes() - 1);
    }
  }

  Found find(long address, Step step) {
    if (!paging) {
      return Found.page(address & 0xffff_ffffL, address, PageEntry.PAGE_SHIFT);
    }
    if (bits > Integer.SIZE && canonical(address) != address) {
      return Found.none(Ending.NOT_CANONICAL);
    }
    long table = top;
    for (Level level : levels) {
      int shift = shift(level);
      long at = table + entryBytes() * (address >>> shift & indexMask(level));
      if (!memory.contains(at, entryBytes())) {
        return Found.none(Ending.NO_TABLE);
      }
      long entry = entry(at);
      step.entry(level, at, entry);
      if ((entry & PageEntry.PRESENT) == 0) {
        return Found.none(Ending.NOT_PRESENT);
      }
      if (isReserved(level, entry)) {
        return Found.none(Ending.RESERVED_BIT);
      }
      if (isPage(level, entry)) {
        return Found.page(frame(level, entry), address, shift);
      }
      table = entry & (wide ? ADDRESS : NARROW_ADDRESS);
    }
    return Found.none(Ending.NOT_PRESENT); // The lowest is always a page.
  }

  List<Level> levels() { return levels; }

  long entry(long at) { return wide ? memory.getLong(at) : Integer.toUnsignedLong(memory.getInt(at)); }

  boolean hasTable(long table, Level level) { return memory.contains(table, entryBytes() * (indexMask(level) + 1)); }

  int entryBytes() { return wide ? Long.BYTES : Integer.BYTES; }

  int shift(Level level) { return wide ? level.shift() : level == Level.PT ? PageEntry.PAGE_SHIFT : 22; }

  /** With three levels, the topmost table has four entries. */
  long indexMask(Level level) {
    return !wide ? 1023 : level == Level.PDPT && bits == Integer.SIZE ? 3 : 511;
  }

  /** An address of as many bits as there are, with those above them as hardware wants them. */
  long canonical(long address) {
    return bits == Integer.SIZE ? address & 0xffff_ffffL : address << Long.SIZE - bits >> Long.SIZE - bits;
  }

  /** Whether a present entry maps a page, and leads to no table. */
  boolean isPage(Level level, long entry) {
    return level == Level.PT || (entry & PageEntry.LARGE) != 0 && largePages && maySpan(level);
  }

  private boolean maySpan(Level level) { return level == Level.PD || level == Level.PDPT && bits > Integer.SIZE; }

  /** The bit of a large page where there is none. */
  boolean isReserved(Level level, long entry) {
    return wide && (entry & PageEntry.LARGE) != 0 && level != Level.PT && !maySpan(level);
  }

  /** Where the page of an entry is; bits of its offset may be set. Of 4 MiB pages the address has 8 bits more, elsewhere: PSE-36. */
  long frame(Level level, long entry) {
    if (wide) {
      return entry & ADDRESS;
    }
    return level == Level.PT ? entry & NARROW_ADDRESS : entry & 0xffc0_0000L | (entry >>> 13 & 0xff) << 32;
  }

  /** The table of an entry. */
  long table(long entry) { return entry & (wide ? ADDRESS : NARROW_ADDRESS); }
}
