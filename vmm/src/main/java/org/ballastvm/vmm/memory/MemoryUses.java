package org.ballastvm.vmm.memory;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Who works with guest memory under no lock: host I/O, by the host's addresses, from before it looks them up until it is done.
 * Whoever takes memory away waits for those that may have found it. Any thread; allocates nothing.
 */
public final class MemoryUses {
  private static final long LOOK_NANOS = 50_000;

  private final AtomicInteger[] sides = {new AtomicInteger(), new AtomicInteger()};
  private volatile int side;

  MemoryUses() {}

  /**
   * Begins. Addresses that are looked up from here on hold until {@link #end}.
   *
   * @return what to end it by
   */
  public int begin() {
    int mine = side;
    sides[mine].incrementAndGet();
    return mine;
  }

  /**
   * Ends.
   *
   * @param begun what {@link #begin} returned
   */
  public void end(int begun) { sides[begun].decrementAndGet(); }

  /**
   * Waits for all that have begun: they may have found what nobody finds any more. One thread at a time. Those that begin
   * meanwhile are counted on the other side; one that read the side and has not yet counted may be on either, hence two turns.
   */
  void awaitEarlier() {
    for (int turn = 0; turn < 2; turn++) {
      int before = side;
      side = 1 - before;
      while (sides[before].get() != 0) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }
}
