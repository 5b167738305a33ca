package org.ballastvm.kvm;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what the calling thread allocates on the Java heap. */
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BATCHES = 100;
  private static final int ROUNDS = 2_000;

  private Allocation() {}

  /**
   * {@return the fewest bytes that any batch of 2,000 rounds allocated}
   *
   * Code that is not yet compiled allocates what compiled code does not, so batches are run until one allocates nothing;
   * what allocates by itself does so in each of them.
   */
  static long least(Runnable round) {
    long least = Long.MAX_VALUE;
    for (int batch = 0; batch < BATCHES && least > 0; batch++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        round.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
