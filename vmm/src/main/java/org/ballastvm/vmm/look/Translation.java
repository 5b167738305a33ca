package org.ballastvm.vmm.look;

import java.util.List;

/** Where page tables lead from a linear address. */
public sealed interface Translation {
  /** {@return the address} */
  long address();

  /** {@return the entries on the way, the topmost first; none without paging} */
  List<PageEntry> entries();

  /**
   * To a page; there may be no memory behind it.
   *
   * @param address linear
   * @param entries on the way
   * @param physical address
   * @param pageBytes the size of the page: 4 KiB, 2 MiB, 4 MiB or 1 GiB
   */
  record Mapped(long address, List<PageEntry> entries, long physical, long pageBytes) implements Translation {
    /** Copies the list. */
    public Mapped {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Nowhere.
   *
   * @param address linear
   * @param entries on the way, up to that which leads nowhere
   * @param ending why it ends there
   */
  record NotMapped(long address, List<PageEntry> entries, Ending ending) implements Translation {
    /** Copies the list. */
    public NotMapped {
      entries = List.copyOf(entries);
    }
  }

  /** Why no page is mapped. */
  enum Ending {
    /** The last entry is not present. */
    NOT_PRESENT("the entry is not present"),
    /** The table of the next level is not in memory. */
    NO_TABLE("the next table is not in memory"),
    /** The last entry has the bit of a large page at a level that has none. */
    RESERVED_BIT("a reserved bit is set"),
    /** The upper bits of the address are not all alike. */
    NOT_CANONICAL("the address is not canonical");

    private final String words;

    Ending(String words) { this.words = words; }

    /** {@return it, for people} */
    public String words() { return words; }
  }
}
