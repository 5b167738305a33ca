package org.ballastvm.testkit.bench;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;
import org.ballastvm.virtio.queue.Virtqueue;
import org.ballastvm.vmm.memory.GuestRam;

/** A queue of a balloon, from the driver's side: a list of pages in each chain, at a place of its own. */
final class BalloonRing {
  private static final long FIRST = 0x20_0000;
  private static final long BYTES = 0x10_0000;
  private static final long AVAIL = 0x1_0000;
  private static final long USED = 0x2_0000;
  private static final long LISTS = 0x4_0000;
  private static final int LIST_BYTES = BalloonPages.PER_CHAIN * Integer.BYTES;

  private final GuestRam ram;
  private final int index;
  private final long base;
  /** Written at once: page by page, the driver would have the JVM compile what the device then finds compiled. */
  private final int[] numbers = new int[BalloonPages.PER_CHAIN];
  private final MemorySegment listed = MemorySegment.ofArray(numbers);
  private int offered;

  BalloonRing(GuestRam ram, int index) {
    this.ram = ram;
    this.index = index;
    this.base = FIRST + index * BYTES;
  }

  /** {@return the device's side of it} */
  Virtqueue queue(long features) {
    return new Virtqueue(index, ram, BalloonPages.QUEUE_SIZE, base, base + AVAIL, base + USED, features);
  }

  /** Names pages from an index on, in a chain that is offered with the others by {@link #offer}. */
  void put(int slot, IntUnaryOperator pages, int from) {
    long list = base + LISTS + (long) slot * LIST_BYTES;
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = BalloonPages.pageNumber(BalloonPages.FIRST + pages.applyAsInt(from + i));
    }
    ram.write(list, listed, 0, LIST_BYTES);
    long descriptor = base + 16L * slot;
    ram.putLong(descriptor, list);
    ram.putInt(descriptor + 8, LIST_BYTES);
    ram.putShort(base + AVAIL + 4 + 2L * ((offered + slot) % BalloonPages.QUEUE_SIZE), slot);
  }

  /** Offers so many more of the chains. */
  void offer(int chains) {
    offered += chains;
    ram.putShortRelease(base + AVAIL + 2, offered);
  }

  void requireAllUsed() {
    if (ram.getShortAcquire(base + USED + 2) != (offered & 0xffff)) {
      throw new IllegalStateException("the device left chains behind");
    }
  }
}
