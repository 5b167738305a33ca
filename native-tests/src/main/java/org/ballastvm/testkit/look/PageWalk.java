package org.ballastvm.testkit.look;

import java.util.List;

/** Where the guest's page tables lead from a virtual address. */
public sealed interface PageWalk {
  /** {@return the entries on the way, the topmost first} */
  List<Entry> entries();

  /**
   * An entry of a table.
   *
   * @param level of its table: PML5, PML4, PDPT, PD or PT
   * @param address physical, of the entry
   * @param value what it holds
   * @param flags X not executable, G global, P large page, D dirty, A accessed, C uncached, T write-through, U user, W writable; a
   *        dash for each that it has not
   */
  record Entry(String level, long address, long value, String flags) {}

  /**
   * To a page.
   *
   * @param entries on the way
   * @param physical address
   * @param pageSize as {@code 4 KiB}, {@code 2 MiB} or {@code 1 GiB}
   * @param place what is there: {@code ram}, a memory device by its id, registers, {@code nothing}
   */
  record Mapped(List<Entry> entries, long physical, String pageSize, String place) implements PageWalk {
    /** Copies the list. */
    public Mapped {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Nowhere.
   *
   * @param entries on the way, up to that which leads nowhere
   * @param why the sentence of the monitor
   */
  record NotMapped(List<Entry> entries, String why) implements PageWalk {
    /** Copies the list. */
    public NotMapped {
      entries = List.copyOf(entries);
    }
  }
}
