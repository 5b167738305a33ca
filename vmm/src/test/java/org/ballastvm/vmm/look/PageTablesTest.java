package org.ballastvm.vmm.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.ballastvm.kvm.SpecialRegisters;
import org.ballastvm.virtio.driver.FlatMemory;
import org.ballastvm.vmm.look.PageEntry.Level;
import org.ballastvm.vmm.look.Translation.Ending;
import org.ballastvm.vmm.look.Translation.Mapped;
import org.ballastvm.vmm.look.Translation.NotMapped;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables in a guest's memory, and where addresses lead by them. */
class PageTablesTest {
  private static final long TOP = 0x10000;
  private static final long FAR = 1L << 45;
  private static final long USUAL = 0x67; // dirty, accessed, user, writable, present
  private static final long LARGE = 0x80;
  private static final long CR4_PSE = 0x10;
  private static final long CR4_PAE = 0x20;
  private static final long CR4_LA57 = 0x1000;
  private static final long LONG_MODE = 0x400;
  private static final long PAGING = 0x8000_0001L;

  private final FlatMemory memory = new FlatMemory();
  private long free = TOP + 0x10000;

  private static CpuState cpu(long cr0, long cr3, long cr4, long efer) {
    return new CpuState(null, new SpecialRegisters(null, null, null, null, null, null, null, null, null, null, cr0, 0,
        cr3, cr4, 0, efer, 0), null, null, false);
  }

  private PageTables wide(long cr4) {
    return new PageTables(memory, cpu(PAGING, TOP | 0x18, CR4_PAE | cr4, LONG_MODE));
  }

  /** Maps an address, by tables that are made where there are none. */
  private void map(long address, int levels, int pageLevel, long entry) {
    long table = TOP;
    for (int level = levels; level > pageLevel; level--) {
      long at = table + 8 * (address >>> 12 + 9 * (level - 1) & 511);
      if (memory.getLong(at) == 0) {
        memory.putLong(at, free | USUAL);
        free += 0x1000;
      }
      table = memory.getLong(at) & ~0xfffL;
    }
    memory.putLong(table + 8 * (address >>> 12 + 9 * (pageLevel - 1) & 511), entry);
  }

  @ParameterizedTest
  @CsvSource({"4, 1, 4096", "4, 2, 2097152", "4, 3, 1073741824", "5, 1, 4096", "5, 2, 2097152", "5, 3, 1073741824"})
  void eachSizeOfPageIsFoundThroughFourLevelsAndFive(int levels, int pageLevel, long pageBytes) {
    long address = levels == 5 ? 0xff12_3456_789a_bcdeL : 0xffff_8234_5678_9abcL;
    map(address, levels, pageLevel, FAR | USUAL | (pageLevel > 1 ? LARGE : 0));
    PageTables tables = wide(levels == 5 ? CR4_LA57 : 0);
    Mapped mapped = assertInstanceOf(Mapped.class, tables.walk(address));
    assertEquals(pageBytes, mapped.pageBytes());
    assertEquals(FAR + (address & pageBytes - 1), mapped.physical());
    assertEquals(levels - pageLevel + 1, mapped.entries().size());
    assertEquals(levels == 5 ? Level.PML5 : Level.PML4, mapped.entries().getFirst().level());
    assertTrue(mapped.entries().getLast().page());
    assertEquals(pageLevel > 1 ? "--PDA--UW" : "---DA--UW", mapped.entries().getLast().flags());
  }

  @Test
  void whatLeadsNowhereSaysAtWhichEntry() {
    map(0x40_0000, 4, 1, 0);
    map(0x80_0000_0000L, 4, 3, 0x7fff_ffff_f000L | USUAL);
    map(0x100_0000_0000L, 4, 4, TOP | USUAL | LARGE);
    PageTables tables = wide(0);
    assertEnds(tables, 0x40_0000, Level.PT, Ending.NOT_PRESENT);
    assertEnds(tables, 0x60_0000, Level.PD, Ending.NOT_PRESENT);
    assertEnds(tables, 0x80_0000_0000L, Level.PDPT, Ending.NO_TABLE);
    assertEnds(tables, 0x100_0000_0000L, Level.PML4, Ending.RESERVED_BIT);
    NotMapped odd = assertInstanceOf(NotMapped.class, tables.walk(0x1_0000_0000_0000L));
    assertEquals(List.of(), odd.entries());
    assertEquals(Ending.NOT_CANONICAL, odd.ending());
  }

  private static void assertEnds(PageTables tables, long address, Level level, Ending why) {
    NotMapped none = assertInstanceOf(NotMapped.class, tables.walk(address));
    assertEquals(level, none.entries().getLast().level());
    assertEquals(why, none.ending());
  }

  @Test
  void tablesOfNarrowProcessorsAreWalkedToo() {
    memory.putInt(TOP + 4 * 3, (int) (0x40_0000 | USUAL | LARGE | 0x2000)); // a page beyond 4 GiB, PSE-36
    memory.putInt(TOP + 4 * 4, (int) (free | USUAL));
    memory.putInt(free + 4 * 5, (int) (0x55_0000 | USUAL));
    PageTables tables = new PageTables(memory, cpu(PAGING, TOP, CR4_PSE, 0));
    assertEquals(0x1_0040_1234L, assertInstanceOf(Mapped.class, tables.walk(0xc0_1234)).physical());
    assertEquals(0x55_0fff, assertInstanceOf(Mapped.class, tables.walk(0x100_5fff)).physical());

    memory.putLong(TOP + 0x20, free | 1);
    memory.putLong(free, 0x20_0000 | USUAL | LARGE);
    PageTables pae = new PageTables(memory, cpu(PAGING, TOP + 0x20, CR4_PAE, 0));
    assertEquals(0x20_0042, assertInstanceOf(Mapped.class, pae.walk(0x42)).physical());
    assertEquals(3, pae.levelCount());
    assertEquals(0x42, assertInstanceOf(Mapped.class, new PageTables(memory, cpu(1, TOP, 0, 0)).walk(0x42)).physical());
  }

  @Test
  void ofIsolatedTablesTheKernelsAreTaken() {
    long user = TOP + 0x1000;
    map(0x40_0000, 4, 2, 0x20_0000 | USUAL | LARGE);
    map(0xffff_8000_0000_0000L, 4, 2, 0x60_0000 | USUAL | LARGE);
    memory.putLong(user, memory.getLong(TOP));
    memory.putLong(TOP, memory.getLong(TOP) | 1L << 63);
    CpuState cpu = cpu(PAGING, user, CR4_PAE, LONG_MODE);
    assertInstanceOf(NotMapped.class, new PageTables(memory, cpu).walk(0xffff_8000_0000_0042L));
    assertEquals(0x60_0042, assertInstanceOf(Mapped.class,
        PageTables.ofKernel(memory, cpu).walk(0xffff_8000_0000_0042L)).physical());
    memory.putLong(user + 8, 0x30_0000 | USUAL);
    assertEquals(user, PageTables.ofKernel(memory, cpu).top(), "what maps something else is not its twin");
  }

  @Test
  void mapsArePrintedAsQemuDoes() {
    map(0x1000, 4, 1, 0x7000 | USUAL);
    map(0x2000, 4, 1, 0x9000 | USUAL);
    map(0x3000, 4, 1, 0xa000 | 1);
    map(0xffff_ffff_8020_0000L, 4, 2, 0x20_0000 | 0x1e3 | 1L << 63);
    assertEquals("""
        0000000000001000: 0000000000007000 ----DA--UW
        0000000000002000: 0000000000009000 ----DA--UW
        0000000000003000: 000000000000a000 ---------
        ffffffff80200000: 0000000000200000 XGPDA---W
        """.replace("----DA--UW", "---DA--UW"), PageMap.pages(wide(0)));
    assertEquals("""
        0000000000001000-0000000000003000 0000000000002000 urw
        0000000000003000-0000000000004000 0000000000001000 -r-
        ffffffff80200000-ffffffff80400000 0000000000200000 -rw
        """, PageMap.ranges(wide(0)));
    assertEquals("PG disabled\n", PageMap.pages(new PageTables(memory, cpu(1, TOP, 0, 0))));
  }

  @Test
  void tablesThatLeadToThemselvesEndByTheirBound() {
    for (int i = 0; i < 512; i++) {
      memory.putLong(TOP + 8L * i, TOP | USUAL);
    }
    String pages = PageMap.pages(wide(0));
    assertEquals(PageMap.MOST_LINES + 1, pages.lines().count());
    assertTrue(pages.endsWith("more than 16384 lines: the rest is not shown\n"));
    for (int i = 0; i < 512; i++) {
      memory.putLong(TOP + 0x1000 + 8L * i, TOP + 0x2000 | USUAL);
      memory.putLong(TOP + 0x2000 + 8L * i, TOP + 0x3000 | USUAL);
      memory.putLong(TOP + 0x3000 + 8L * i, TOP + 0x4000 | USUAL);
    }
    PageTables barren = new PageTables(memory, cpu(PAGING, TOP + 0x1000, CR4_PAE, LONG_MODE));
    assertEquals("more than 65536 tables: the rest is not shown\n", PageMap.ranges(barren));
  }

  @Test
  void whatAGuestMakesOfItsTablesIsWalkedToAnEnd() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 200; i++) {
        memory.putLong(TOP + 8L * random.nextInt(4096), random.nextLong() & (random.nextBoolean() ? -1 : 0xf_ffff) | 1);
      }
      PageTables tables = new PageTables(memory, cpu(PAGING, random.nextBoolean() ? TOP : random.nextLong(),
          random.nextBoolean() ? CR4_PAE : random.nextLong(), random.nextBoolean() ? LONG_MODE : 0));
      Translation way = tables.walk(random.nextLong());
      assertTrue(way.entries().size() <= tables.levelCount(), () -> "seed " + seed);
      assertTrue(PageMap.ranges(tables).lines().count() <= PageMap.MOST_LINES + 1, () -> "seed " + seed);
    }
  }
}
