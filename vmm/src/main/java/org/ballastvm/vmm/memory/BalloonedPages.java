package org.ballastvm.vmm.memory;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.PageSize;

/**
 * The pages that a balloon holds, and which of them the host holds in memory all the same: somebody has touched those since they
 * were given back, the guest or a device, or the host brought them by itself (khugepaged, a page of a file that another reads).
 * Of a backend with huge pages, those count that are held as a whole.
 *
 * @param heldBytes how much is in the balloon
 * @param residentBytes how much of that is resident
 * @param resident where, by guest physical address; the first of them, where they are many
 */
public record BalloonedPages(long heldBytes, long residentBytes, List<PhysicalRange> resident) {
  /**
   * Looks. On the event loop, where nobody takes pages out of the balloon meanwhile.
   *
   * @param ram the memory
   * @param most how many ranges to name
   * @return what is there now
   */
  public static BalloonedPages of(GuestRam ram, int most) {
    Look look = new Look(most);
    ram.reclaim().places().all().forEach(look::at);
    return new BalloonedPages(look.held, look.found, List.copyOf(look.ranges));
  }

  /** What has been seen. */
  private static final class Look {
    private final int most;
    private final List<PhysicalRange> ranges = new ArrayList<>();
    private long held;
    private long found;

    Look(int most) { this.most = most; }

    void at(Place place) {
      long first = place.offsetInBackend(place.base());
      place.backend().forEachHeld(first, place.end() - place.base(), (offset, length) -> {
        held += length;
        place.backend().mapping().forEachResident(offset, length, page -> found(place.base() + page - first));
      });
    }

    private void found(long gpa) {
      found += PageSize.BYTES;
      if (!ranges.isEmpty() && ranges.getLast().end() == gpa) {
        PhysicalRange before = ranges.removeLast();
        ranges.add(new PhysicalRange(before.base(), before.sizeBytes() + PageSize.BYTES));
      } else if (ranges.size() < most) {
        ranges.add(new PhysicalRange(gpa, PageSize.BYTES));
      }
    }
  }
}
