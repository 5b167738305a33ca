package org.ballastvm.vmm.memory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.PageSize;

/**
 * The pages that a balloon holds, and which of them somebody has written to since they were given back: those that the host holds
 * in memory, and that are not all zeros. A page that is resident and all zeros says little: the host brings what is around a page that is
 * touched, too, a huge page for example. Of a backend with huge pages, those count that are held as a whole.
 *
 * @param heldBytes how much is in the balloon
 * @param residentBytes how much of that is resident
 * @param writtenBytes how much of that is not all zeros
 * @param written where, by guest physical address; the first of them, where they are many
 */
public record BalloonedPages(long heldBytes, long residentBytes, long writtenBytes, List<PhysicalRange> written) {
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[PageSize.BYTES]).asReadOnly();

  /**
   * Looks. On the event loop, where nobody takes pages out of the balloon meanwhile.
   *
   * @param ram the memory
   * @param most how many ranges to name
   * @return what is there now
   */
  public static BalloonedPages of(GuestRam ram, int most) {
    Look look = new Look(ram, most);
    ram.reclaim().places().all().forEach(look::at);
    return new BalloonedPages(look.held, look.resident, look.written, List.copyOf(look.ranges));
  }

  /** What has been seen. */
  private static final class Look {
    private final GuestRam ram;
    private final int most;
    private final MemorySegment page = MemorySegment.ofArray(new byte[PageSize.BYTES]);
    private final List<PhysicalRange> ranges = new ArrayList<>();
    private long held;
    private long resident;
    private long written;

    Look(GuestRam ram, int most) {
      this.ram = ram;
      this.most = most;
    }

    void at(Place place) {
      long first = place.offsetInBackend(place.base());
      place.backend().forEachHeld(first, place.end() - place.base(), (offset, length) -> {
        held += length;
        place.backend().mapping().forEachResident(offset, length, at -> resident(place.base() + at - first));
      });
    }

    private void resident(long gpa) {
      resident += PageSize.BYTES;
      if (!ram.contains(gpa, PageSize.BYTES)) {
        return; // Unplugged meanwhile.
      }
      ram.read(gpa, page, 0, PageSize.BYTES);
      if (page.mismatch(ZEROS) < 0) {
        return;
      }
      written += PageSize.BYTES;
      if (!ranges.isEmpty() && ranges.getLast().end() == gpa) {
        PhysicalRange before = ranges.removeLast();
        ranges.add(new PhysicalRange(before.base(), before.sizeBytes() + PageSize.BYTES));
      } else if (ranges.size() < most) {
        ranges.add(new PhysicalRange(gpa, PageSize.BYTES));
      }
    }
  }
}
