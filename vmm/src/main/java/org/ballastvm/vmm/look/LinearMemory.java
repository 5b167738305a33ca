package org.ballastvm.vmm.look;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import org.ballastvm.virtio.queue.GuestMemory;

/**
 * Memory by the linear addresses of a CPU, through the page tables that it uses: Intel SDM volume 3, 4.3 to 4.5. Nothing is
 * marked as accessed.
 */
public final class LinearMemory {
  private static final long ADDRESS = 0x000f_ffff_ffff_f000L;
  private static final int PAGE_SHIFT = 12;
  private static final long PRESENT = 1;
  private static final long LARGE = 1 << 7;
  private static final long CR4_LARGE_PAGES = 1 << 4;
  private static final long CR4_PAE = 1 << 5;
  private static final long CR4_FIVE_LEVELS = 1 << 12;

  private final GuestMemory memory;
  private final CpuState cpu;

  /**
   * Memory as a CPU sees it.
   *
   * @param memory all of the guest's
   * @param cpu whose page tables count
   */
  public LinearMemory(GuestMemory memory, CpuState cpu) {
    this.memory = memory;
    this.cpu = cpu;
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
      Mapping mapping = mapping(address + done);
      int step = (int) Math.min(length - done, mapping.bytes());
      if (step == 0 || !memory.contains(mapping.physical(), step)) {
        return false;
      }
      memory.read(mapping.physical(), MemorySegment.ofArray(into), done, step);
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
    Mapping mapping = mapping(address);
    return mapping.bytes() == 0 ? OptionalLong.empty() : OptionalLong.of(mapping.physical());
  }

  /**
   * Where an address leads.
   *
   * @param physical address
   * @param bytes how many from there on lie in the same page; 0 if there is none
   */
  private record Mapping(long physical, long bytes) {
    static final Mapping NONE = new Mapping(0, 0);

    /** By the entry of a page of 2^shift bytes. */
    static Mapping of(long frame, long address, int shift) {
      long within = (1L << shift) - 1;
      return new Mapping(frame & ~within | address & within, within + 1 - (address & within));
    }
  }

  private Mapping mapping(long address) {
    if (!cpu.isPaging()) {
      return Mapping.of(address & 0xffff_ffffL, address, PAGE_SHIFT);
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

  private Mapping walk(long address, long top, int levels) {
    long table = top;
    for (int level = levels; level >= 1; level--) {
      int shift = 12 + 9 * (level - 1);
      long at = table + 8 * (address >>> shift & 511);
      long entry = memory.contains(at, 8) ? memory.getLong(at) : 0;
      if ((entry & PRESENT) == 0) {
        return Mapping.NONE;
      }
      boolean mapsPage = level == 1 || (entry & LARGE) != 0 && (level == 2 || level == 3 && levels > 3);
      if (mapsPage) {
        return Mapping.of(entry & ADDRESS, address, shift);
      }
      table = entry & ADDRESS;
    }
    return Mapping.NONE;
  }

  private Mapping walkNarrow(long address, boolean largePages) {
    long table = cpu.special().cr3() & 0xffff_f000L;
    for (int shift = 22; shift >= 12; shift -= 10) {
      long at = table + 4 * (address >>> shift & 1023);
      long entry = memory.contains(at, 4) ? Integer.toUnsignedLong(memory.getInt(at)) : 0;
      if ((entry & PRESENT) == 0) {
        return Mapping.NONE;
      }
      if (shift == 12 || largePages && (entry & LARGE) != 0) {
        return Mapping.of(entry & 0xffff_f000L, address, shift);
      }
      table = entry & 0xffff_f000L;
    }
    return Mapping.NONE;
  }
}
