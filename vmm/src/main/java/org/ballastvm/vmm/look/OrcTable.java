package org.ballastvm.vmm.look;

import java.util.OptionalLong;

/**
 * A table of ORC (Documentation/arch/x86/orc-unwinder.rst): from which address on a stack is unwound by which entry.
 *
 * @param addresses where the addresses are, each relative to its own place
 * @param entries where the entries are, of 6 bytes
 * @param count how many of each
 */
record OrcTable(long addresses, long entries, int count) {
  static final OrcTable NONE = new OrcTable(0, 0, 0);
  static final int ENTRY_BYTES = 6;
  static final int MOST = 4_000_000;

  /** Where the entry for an address is. */
  OptionalLong entryFor(KernelMemory memory, long address) {
    int low = 0;
    int high = count - 1;
    if (count <= 0 || count > MOST || at(memory, 0) > address) {
      return OptionalLong.empty();
    }
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (at(memory, middle) <= address) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return OptionalLong.of(entries + (long) low * ENTRY_BYTES);
  }

  private long at(KernelMemory memory, int index) {
    long place = addresses + 4L * index;
    return place + memory.s32(place);
  }
}
