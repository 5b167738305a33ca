package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of a guest's physical addresses.
 *
 * @param base the first
 * @param sizeBytes above zero
 */
public record PhysicalRange(long base, long sizeBytes) {
  /** {@return the address behind it} */
  public long end() { return base + sizeBytes; }

  /** The same memory in the order of addresses, in as few ranges as it takes. */
  static List<PhysicalRange> merged(List<PhysicalRange> ranges) {
    List<PhysicalRange> merged = new ArrayList<>();
    ranges.stream().sorted((one, other) -> Long.compare(one.base, other.base)).forEach(next -> {
      if (!merged.isEmpty() && merged.getLast().end() == next.base) {
        PhysicalRange before = merged.removeLast();
        merged.add(new PhysicalRange(before.base, before.sizeBytes + next.sizeBytes));
      } else {
        merged.add(next);
      }
    });
    return merged;
  }
}
