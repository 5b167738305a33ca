package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * Where things are in the guest's physical address space: memory below 3 GiB, then a hole for PCI and the interrupt
 * controllers, the rest of memory from 4 GiB, then the region that DIMMs and virtio-mem devices are plugged into, then
 * 64-bit PCI windows. It is QEMU's layout.
 *
 * @param lowBytes memory from address 0
 * @param highBytes memory from 4 GiB
 * @param deviceBase where pluggable memory begins
 * @param deviceBytes room for pluggable memory, 0 for none
 */
public record GuestLayout(long lowBytes, long highBytes, long deviceBase, long deviceBytes) {
  /** One GiB, in bytes. */
  public static final long GIB = 1L << 30;
  /** Where the hole begins. */
  public static final long HOLE_BASE = 3 * GIB;
  /** Where it ends and high memory begins. */
  public static final long HIGH_BASE = 4 * GIB;
  /** Where 32-bit PCI windows end, in front of the I/O APIC. */
  public static final long LOW_PCI_END = 0xfe00_0000L;
  /** Three pages that Intel hosts need, and one more for the identity map behind them. */
  public static final long KVM_TSS = 0xfeff_d000L;
  /** One page that Intel hosts need. */
  public static final long KVM_IDENTITY_MAP = 0xfeff_c000L;
  /** The size of the 64-bit PCI window, in bytes. */
  public static final long HIGH_PCI_BYTES = 32 * GIB;
  /** Where the BIOS area begins: tables, and nothing a guest may use. */
  public static final long BIOS_BASE = 0xe0000;
  /** Where memory that a guest may use goes on. */
  public static final long BIOS_END = 0x10_0000;
  /** The least memory of a machine, in bytes: room below and above the BIOS area. */
  public static final long LEAST_BYTES = 2 << 20;
  /** Where the extended BIOS data area and the VGA hole begin: a guest expects no memory from here to the BIOS. */
  public static final long CONVENTIONAL_END = 0x9fc00;

  /** The least that Linux on x86 adds or takes away, in bytes. */
  public static final long LEAST_MEMORY_BLOCK = 128 << 20;
  private static final long LARGEST_MEMORY_BLOCK = 2 * GIB;
  private static final long LEAST_END_FOR_LARGE_BLOCKS = 64 * GIB;

  /**
   * Lays out a machine.
   *
   * @param memory base memory and room to grow
   * @return where it lies
   * @throws UserError if base memory does not even reach behind the BIOS area
   */
  public static GuestLayout of(MemoryConfig memory) {
    if (memory.sizeBytes() < LEAST_BYTES) {
      throw new UserError("-m size=" + ByteSize.describe(memory.sizeBytes()) + ": this machine needs at least "
          + ByteSize.describe(LEAST_BYTES));
    }
    long low = Math.min(memory.sizeBytes(), HOLE_BASE);
    long high = memory.sizeBytes() - low;
    long deviceBase = alignUp(HIGH_BASE + high, GIB);
    long room = memory.maxSizeBytes() - memory.sizeBytes();
    // Each slot may need up to 1 GiB to align its DIMM, as in QEMU.
    long device = room == 0 ? 0 : room + memory.slots() * GIB;
    return new GuestLayout(low, high, deviceBase, device);
  }

  /**
   * Checks against the processor: what it cannot address, the guest must not be promised.
   *
   * @param memory what this is the layout of
   * @param addressBits of a guest's physical addresses
   * @throws UserError if memory, or room for it, goes beyond them
   */
  public void requireReach(MemoryConfig memory, int addressBits) {
    long end = Math.max(HIGH_BASE + highBytes, deviceBase + deviceBytes);
    long last = (1L << addressBits) - 1;
    if (deviceBytes == 0 && highBytes == 0 || end - 1 <= last) {
      return;
    }
    String what = HIGH_BASE + highBytes - 1 > last
        ? "-m size=" + ByteSize.describe(memory.sizeBytes())
        : "-m maxmem=" + ByteSize.describe(memory.maxSizeBytes());
    throw new UserError(what
        + ": Address space limit 0x" + Long.toHexString(last) + " < 0x" + Long.toHexString(end - 1)
        + " phys-bits too low (" + addressBits + ")");
  }

  /** {@return where the 64-bit PCI window begins} */
  public long highPciBase() {
    return alignUp(deviceBase + deviceBytes, HIGH_PCI_BYTES);
  }

  /** {@return where the 32-bit PCI window begins} */
  public long lowPciBase() { return HOLE_BASE; }

  /**
   * {@return in what Linux adds memory to this guest, in bytes: a block, whose size it chooses at its start by where memory
   * ends (arch/x86/mm/init_64.c, probe_memory_block_size)}
   */
  public long memoryBlockBytes() {
    long end = highBytes > 0 ? HIGH_BASE + highBytes : lowBytes;
    return end < LEAST_END_FOR_LARGE_BLOCKS
        ? LEAST_MEMORY_BLOCK
        : Math.clamp(Long.lowestOneBit(end), LEAST_MEMORY_BLOCK, LARGEST_MEMORY_BLOCK);
  }

  /** {@return base memory, by address: one range, or two around the hole} */
  public List<Range> memory() {
    List<Range> ranges = new ArrayList<>();
    ranges.add(new Range(0, lowBytes, Kind.USABLE));
    if (highBytes > 0) {
      ranges.add(new Range(HIGH_BASE, highBytes, Kind.USABLE));
    }
    return ranges;
  }

  /** {@return the memory map that a kernel is given, by address} */
  public List<Range> map() {
    List<Range> map = new ArrayList<>();
    map.add(new Range(0, Math.min(lowBytes, CONVENTIONAL_END), Kind.USABLE));
    if (lowBytes > BIOS_BASE) {
      map.add(new Range(BIOS_BASE, Math.min(lowBytes, BIOS_END) - BIOS_BASE, Kind.RESERVED));
    }
    if (lowBytes > BIOS_END) {
      map.add(new Range(BIOS_END, lowBytes - BIOS_END, Kind.USABLE));
    }
    if (highBytes > 0) {
      map.add(new Range(HIGH_BASE, highBytes, Kind.USABLE));
    }
    return map;
  }

  private static long alignUp(long value, long alignment) { return (value + alignment - 1) / alignment * alignment; }

  /** What a kernel may do with a range. */
  public enum Kind {
    /** Anything. */
    USABLE,
    /** Nothing. */
    RESERVED
  }

  /**
   * A range of guest physical addresses.
   *
   * @param base first address
   * @param sizeBytes above zero
   * @param kind what may be done with it
   */
  public record Range(long base, long sizeBytes, Kind kind) {}
}
