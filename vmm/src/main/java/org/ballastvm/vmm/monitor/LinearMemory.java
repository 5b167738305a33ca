package org.ballastvm.vmm.monitor;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.config.PageSize;

/**
 * Memory by the linear addresses of a CPU, through the page tables that it uses: Intel SDM volume 3, 4.3 to 4.5. Nothing is
 * marked as accessed.
 */
final class LinearMemory implements MemoryDump.Source {
  private static final long ADDRESS = 0x000f_ffff_ffff_f000L;
  private static final long PRESENT = 1;
  private static final long LARGE = 1 << 7;
  private static final long CR4_LARGE_PAGES = 1 << 4;
  private static final long CR4_PAE = 1 << 5;
  private static final long CR4_FIVE_LEVELS = 1 << 12;

  private final GuestMemory memory;
  private final CpuState cpu;

  LinearMemory(GuestMemory memory, CpuState cpu) {
    this.memory = memory;
    this.cpu = cpu;
  }

  @Override
  public boolean read(long address, byte[] into, int length) {
    for (int done = 0; done < length;) {
      long at = address + done;
      int step = (int) Math.min(length - done, PageSize.BYTES - (at & PageSize.BYTES - 1));
      OptionalLong physical = physical(at);
      if (physical.isEmpty() || !memory.contains(physical.getAsLong(), step)) {
        return false;
      }
      memory.read(physical.getAsLong(), MemorySegment.ofArray(into), done, step);
      done += step;
    }
    return true;
  }

  /** The physical address, if one is mapped there. */
  private OptionalLong physical(long address) {
    if (!cpu.isPaging()) {
      return OptionalLong.of(address & 0xffff_ffffL);
    }
    long cr4 = cpu.special().cr4();
    if (cpu.isLongMode()) {
      return walk(address, cpu.special().cr3() & ADDRESS, (cr4 & CR4_FIVE_LEVELS) != 0 ? 5 : 4);
    }
    long narrow = address & 0xffff_ffffL;
    return (cr4 & CR4_PAE) != 0
        ? walk(narrow, cpu.special().cr3() & 0xffff_ffe0L, 3)
        : walkNarrow(narrow, (cr4 & CR4_LARGE_PAGES) != 0);
  }

  private OptionalLong walk(long address, long top, int levels) {
    long table = top;
    for (int level = levels; level >= 1; level--) {
      int shift = 12 + 9 * (level - 1);
      long at = table + 8 * (address >>> shift & 511);
      long entry = memory.contains(at, 8) ? memory.getLong(at) : 0;
      if ((entry & PRESENT) == 0) {
        return OptionalLong.empty();
      }
      boolean mapsPage = level == 1 || (entry & LARGE) != 0 && (level == 2 || level == 3 && levels > 3);
      if (mapsPage) {
        long within = (1L << shift) - 1;
        return OptionalLong.of(entry & ADDRESS & ~within | address & within);
      }
      table = entry & ADDRESS;
    }
    return OptionalLong.empty();
  }

  private OptionalLong walkNarrow(long address, boolean largePages) {
    long table = cpu.special().cr3() & 0xffff_f000L;
    for (int shift = 22; shift >= 12; shift -= 10) {
      long at = table + 4 * (address >>> shift & 1023);
      long entry = memory.contains(at, 4) ? Integer.toUnsignedLong(memory.getInt(at)) : 0;
      if ((entry & PRESENT) == 0) {
        return OptionalLong.empty();
      }
      if (shift == 12 || largePages && (entry & LARGE) != 0) {
        long within = (1L << shift) - 1;
        return OptionalLong.of(entry & 0xffff_f000L & ~within | address & within);
      }
      table = entry & 0xffff_f000L;
    }
    return OptionalLong.empty();
  }
}
