package org.ballastvm.testkit.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** An inflating balloon, from the ring to the host's calls, leaves nothing for the garbage collector. */
class BalloonAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int PAGES = 8192;
  private static final int ROUNDS = 50;

  @Test
  void inflatingAllocatesNothingInWhateverOrder() {
    for (PageOrder order : PageOrder.values()) {
      int[] pages = order.pages(PAGES);
      try (BalloonGuest guest = BalloonGuest.full(BalloonMemory.PRIVATE, PAGES)) {
        assertEquals(0, leastAllocated(guest, at -> pages[at], order), order.title());
      }
    }
  }

  /** Code that is not yet compiled allocates what compiled code does not, so one clean round is the proof. */
  private static long leastAllocated(BalloonGuest guest, IntUnaryOperator pages, PageOrder order) {
    long least = Long.MAX_VALUE;
    guest.setTarget(PAGES);
    for (int i = 0; i < ROUNDS && least > 0; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long nanos = guest.fillNanos(pages, PAGES, order.chainsAtOnce());
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
      assertTrue(nanos > 0);
    }
    return least;
  }
}
