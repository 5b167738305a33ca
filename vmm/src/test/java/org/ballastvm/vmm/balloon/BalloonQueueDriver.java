package org.ballastvm.vmm.balloon;

import org.ballastvm.vmm.memory.GuestRam;

/** The driver's side of a queue, in guest memory; it writes what it is given, be it nonsense. */
final class BalloonQueueDriver {
  static final int NEXT = 1;
  static final int WRITE = 2;

  private static final long AREA = 1 << 20;
  private static final long AREA_BYTES = 1 << 16;

  private final GuestRam ram;
  private final long area;
  private final int size;
  private int offered;

  BalloonQueueDriver(GuestRam ram, int index, int size) {
    this.ram = ram;
    this.area = AREA + index * AREA_BYTES;
    this.size = size;
    for (long at = 0; at < AREA_BYTES; at += Long.BYTES) {
      ram.putLong(area + at, 0);
    }
  }

  long descriptors() { return area; }

  long avail() { return area + 0x8000; }

  long used() { return area + 0xa000; }

  void descriptor(int index, long gpa, long lengthBytes, int flags, int next) {
    ram.putLong(area + 16L * index, gpa);
    ram.putInt(area + 16L * index + 8, (int) lengthBytes);
    ram.putShort(area + 16L * index + 12, flags);
    ram.putShort(area + 16L * index + 14, next);
  }

  void offer(int head) {
    ram.putShort(avail() + 4 + 2L * (offered % size), head);
    advance(1);
  }

  void advance(int chains) {
    offered = offered + chains & 0xffff;
    ram.putShortRelease(avail() + 2, offered);
  }

  int returned() { return ram.getShortAcquire(used() + 2); }

  void requireAllReturned() {
    if (returned() != offered) {
      throw new IllegalStateException("the device gave " + returned() + " of " + offered + " chains back");
    }
  }
}
