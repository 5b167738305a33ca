package org.ballastvm.vmm.look;

import org.ballastvm.vmm.look.PageEntry.Level;

/**
 * All that page tables map, in the order of addresses, as QEMU's monitor prints it. A guest may have its tables lead to each
 * other without end: a look ends after so many tables, and so many lines.
 */
public final class PageMap {
  /** Tables that are looked at; as many map 128 GiB by 4 KiB each. */
  static final int MOST_TABLES = 1 << 16;
  /** Lines of an answer, which then is one MiB. */
  static final int MOST_LINES = 1 << 14;
  private static final long PROTECTION = PageEntry.PRESENT | PageEntry.WRITABLE | PageEntry.USER;

  private final PageTables tables;
  private final Taker taker;
  private int left = MOST_TABLES;
  private boolean ended;

  /** Takes what is mapped. */
  private interface Taker {
    /**
     * A page, or with a protection of 0 a hole, whose size is that of the entry.
     *
     * @param protection what all entries on the way allow
     * @return false to hear of no more
     */
    boolean page(long address, long sizeBytes, long frame, long entry, long protection);
  }

  private PageMap(PageTables tables, Taker taker) {
    this.tables = tables;
    this.taker = taker;
  }

  /**
   * Each page: QEMU's {@code info tlb}.
   *
   * @param tables that map them
   * @return lines, each with its end
   */
  public static String pages(PageTables tables) {
    Lines lines = new Lines();
    return lines.of(tables, (address, size, frame, entry, protection) -> protection == 0
        || lines.add("%016x: %016x %s\n".formatted(address, frame, PageEntry.flags(entry))));
  }

  /**
   * Neighbours of the same protection as one range: QEMU's {@code info mem}.
   *
   * @param tables that map them
   * @return lines, each with its end
   */
  public static String ranges(PageTables tables) {
    Lines lines = new Lines();
    Range range = new Range(lines);
    return lines.of(tables, (address, size, frame, entry, protection) -> range.next(address, size, protection));
  }

  /** What has been printed. */
  private static final class Lines {
    private final StringBuilder text = new StringBuilder();
    private int count;

    boolean add(String line) {
      if (count == MOST_LINES) {
        return false;
      }
      count++;
      text.append(line);
      return true;
    }

    String of(PageTables tables, Taker taker) {
      if (!tables.isPaging()) {
        return "PG disabled\n";
      }
      PageMap map = new PageMap(tables, taker);
      map.table(tables.top(), 0, 0, PROTECTION);
      taker.page(0, 0, 0, 0, 0);
      if (map.ended) {
        text.append(map.left < 0
            ? "more than " + MOST_TABLES + " tables: the rest is not shown\n"
            : "more than " + MOST_LINES + " lines: the rest is not shown\n");
      }
      return text.toString();
    }
  }

  /** The range that grows. */
  private static final class Range {
    private final Lines lines;
    private long start;
    private long end;
    private long protection;

    Range(Lines lines) { this.lines = lines; }

    boolean next(long address, long sizeBytes, long allowed) {
      boolean room = true;
      if (allowed != protection || address != end) {
        if (protection != 0) {
          room = lines.add("%016x-%016x %016x %cr%c\n".formatted(start, end, end - start,
              (protection & PageEntry.USER) != 0 ? 'u' : '-', (protection & PageEntry.WRITABLE) != 0 ? 'w' : '-'));
        }
        start = address;
        protection = allowed;
      }
      end = address + sizeBytes;
      return room;
    }
  }

  private void table(long table, int depth, long base, long protection) {
    Level level = tables.levels().get(depth);
    if (--left < 0 || !tables.hasTable(table, level)) {
      ended |= left < 0;
      return;
    }
    long size = 1L << tables.shift(level);
    for (long index = 0; index <= tables.indexMask(level) && !ended; index++) {
      long address = tables.canonical(base + index * size);
      long entry = tables.entry(table + tables.entryBytes() * index);
      // Of three levels, the topmost entries say nothing of protection.
      long allowed = level == Level.PDPT && depth == 0 ? protection & (entry | ~PageEntry.PRESENT) : protection & entry;
      if ((allowed & PageEntry.PRESENT) == 0 || tables.isReserved(level, entry)) {
        ended |= !taker.page(address, size, 0, 0, 0);
      } else if (tables.isPage(level, entry)) {
        long frame = tables.frame(level, entry) & -size;
        ended |= !taker.page(address, size, frame, entry, allowed);
      } else {
        table(tables.table(entry), depth + 1, base + index * size, allowed);
      }
    }
  }
}
