package org.ballastvm.vmm.look;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.ballastvm.virtio.queue.GuestMemory;

/** Memory by the linear addresses of a CPU, through page tables. Nothing is marked as accessed. */
public final class LinearMemory {
  private static final PageTables.Step UNSEEN = (level, at, value) -> {
    // Only where it leads is of interest.
  };

  private final GuestMemory memory;
  private final PageTables tables;

  /**
   * Memory as a CPU sees it.
   *
   * @param memory all of the guest's
   * @param cpu whose page tables count
   */
  public LinearMemory(GuestMemory memory, CpuState cpu) { this(memory, new PageTables(memory, cpu)); }

  /**
   * Memory as it is mapped.
   *
   * @param memory all of the guest's
   * @param tables that map it
   */
  public LinearMemory(GuestMemory memory, PageTables tables) {
    this.memory = memory;
    this.tables = tables;
  }

  /**
   * Reads.
   *
   * @param address the first, linear
   * @param into takes them, from its start
   * @param length how many bytes
   * @return false if not all of it is mapped memory
   */
  public boolean read(long address, byte[] into, int length) {
    for (int done = 0; done < length;) {
      PageTables.Found page = tables.find(address + done, UNSEEN);
      int step = page.isMapped() ? (int) Math.min(length - done, page.rest()) : 0;
      if (step == 0 || !memory.contains(page.physical(), step)) {
        return false;
      }
      memory.read(page.physical(), MemorySegment.ofArray(into), done, step);
      done += step;
    }
    return true;
  }

  /**
   * {@return the physical address, if one is mapped there; there may be no memory behind it}
   *
   * @param address linear
   */
  public OptionalLong physical(long address) {
    PageTables.Found page = tables.find(address, UNSEEN);
    return page.isMapped() ? OptionalLong.of(page.physical()) : OptionalLong.empty();
  }
}
