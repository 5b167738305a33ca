package org.ballastvm.vmm.pci;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.pci.PciFunction;

/**
 * Does for BARs what firmware would: each gets the lowest place in the window, a multiple of its size, that no other BAR
 * has, the large ones first. Guests move BARs as they like, so what is taken is read from the functions themselves, each time.
 *
 * @param base where the window begins
 * @param end where it ends
 */
public record BarPlacement(long base, long end) {
  private static final int FIRST_REGISTER = 0x10;
  private static final long ADDRESS_BITS = 0xffff_fff0L;
  /** Sizes of memory BARs: PCI Local Bus Specification 3.0, 6.2.5.1. */
  private static final int LEAST_BYTES = 16;
  private static final int MOST_BYTES = 1 << 30;

  /** Addresses of one BAR. */
  private record Taken(long base, long length) {
    boolean overlaps(long otherBase, long otherLength) {
      return base < otherBase + otherLength && otherBase < base + length;
    }
  }

  /**
   * Places the BARs of a function.
   *
   * @param function of no bus yet
   * @param bus with the functions that it must not overlap
   * @throws IllegalStateException if the window is full; the 31 devices of a bus do not fill it unless a guest has moved
   *   BARs to see to that
   */
  public void place(PciFunction function, PciBus bus) {
    List<Taken> taken = new ArrayList<>();
    for (int slot = 0; slot < PciBus.SLOTS; slot++) {
      PciFunction other = bus.function(slot);
      if (other != null) {
        addBars(taken, other);
      }
    }
    for (int bytes = MOST_BYTES; bytes >= LEAST_BYTES; bytes >>>= 1) {
      for (int bar = 0; bar < PciFunction.BARS; bar++) {
        if (function.barBytes(bar) == bytes) {
          long place = find(bytes, taken);
          function.placeBar(bar, (int) place);
          taken.add(new Taken(place, bytes));
        }
      }
    }
  }

  private static void addBars(List<Taken> taken, PciFunction function) {
    for (int bar = 0; bar < PciFunction.BARS; bar++) {
      if (function.barBytes(bar) > 0) {
        long register = Integer.toUnsignedLong(function.configRead(FIRST_REGISTER + 4 * bar, 4));
        taken.add(new Taken(register & ADDRESS_BITS, function.barBytes(bar)));
      }
    }
  }

  private long find(int bytes, List<Taken> taken) {
    for (long place = (base + bytes - 1) / bytes * bytes; place + bytes <= end; place += bytes) {
      if (isFree(place, bytes, taken)) {
        return place;
      }
    }
    throw new IllegalStateException("the PCI window from 0x" + Long.toHexString(base) + " to 0x"
        + Long.toHexString(end) + " has no room for a BAR of " + bytes + " bytes");
  }

  private static boolean isFree(long place, int bytes, List<Taken> taken) {
    for (Taken other : taken) {
      if (other.overlaps(place, bytes)) {
        return false;
      }
    }
    return true;
  }
}
