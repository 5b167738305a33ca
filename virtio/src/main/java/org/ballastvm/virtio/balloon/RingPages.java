package org.ballastvm.virtio.balloon;

import java.util.Arrays;
import org.ballastvm.virtio.VirtioDevice.Context;
import org.ballastvm.virtio.balloon.PageLists.Taker;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * The pages that hold a device's own rings. A driver that names one of them as given up has made a mistake that would end
 * its rings in silence: such a page is left to the guest. Allocates nothing.
 */
final class RingPages {
  private static final long PAGE_BYTES = 1L << PageLists.PAGE_SHIFT;

  private final long[] starts;
  private final long[] ends;
  private int count;
  /** Below the first of them and behind the last there is none. */
  private long lowest;
  private long highest;
  /** Of which queues this is. */
  private final Virtqueue[] known;
  private long namedPage = -1;
  private boolean reported;

  /** @param queues how many the device has at most */
  RingPages(int queues) {
    starts = new long[queues * Virtqueue.PARTS];
    ends = new long[starts.length];
    known = new Virtqueue[queues];
  }

  /** Learns where the rings are. A driver may enable a queue at any time. */
  void learn(Context driver, int queues) {
    boolean asBefore = true;
    for (int index = 0; index < queues; index++) {
      Virtqueue ring = driver.queue(index);
      asBefore &= ring == known[index];
      known[index] = ring;
    }
    if (!asBefore) {
      learn();
    }
  }

  private void learn() {
    count = 0;
    lowest = Long.MAX_VALUE;
    highest = 0;
    for (Virtqueue ring : known) {
      for (int part = 0; ring != null && part < Virtqueue.PARTS; part++) {
        starts[count] = ring.partStart(part) & -PAGE_BYTES;
        ends[count] = ring.partStart(part) + ring.partBytes(part) + PAGE_BYTES - 1 & -PAGE_BYTES;
        lowest = Math.min(lowest, starts[count]);
        highest = Math.max(highest, ends[count]);
        count++;
      }
    }
  }

  /** Hands on what of a range holds no ring. */
  void handOn(long gpa, long lengthBytes, Taker taker) {
    long end = gpa + lengthBytes;
    if (gpa >= highest || end <= lowest) {
      taker.range(gpa, lengthBytes);
      return;
    }
    for (long at = gpa; at < end;) {
      long ring = end;
      long behind = end;
      for (int i = 0; i < count; i++) {
        if (ends[i] > at && starts[i] < ring) {
          ring = Math.max(at, starts[i]);
          behind = Math.min(end, ends[i]);
        }
      }
      if (at < ring) {
        taker.range(at, ring - at);
      }
      if (ring < end) {
        namedPage = ring >>> PageLists.PAGE_SHIFT;
      }
      at = behind;
    }
  }

  /** {@return the number of a page that was left out, if none was reported before, or -1} */
  long takeNamedPage() {
    long page = reported ? -1 : namedPage;
    namedPage = -1;
    reported |= page >= 0;
    return page;
  }

  /** Whether the driver has named a page that was left out, and that was reported. */
  boolean isReported() {
    return reported;
  }

  /**
   * Forgets where the rings are.
   *
   * @param wasReported whether the driver has named a page of them
   */
  void restore(boolean wasReported) {
    Arrays.fill(known, null);
    learn();
    namedPage = -1;
    reported = wasReported;
  }
}
