package org.ballastvm.testkit.bench;

import org.ballastvm.vmm.memory.GuestLayout;

/** Which pages a {@link BalloonGuest} puts into its balloon, and how its driver hands them over. */
final class BalloonPages {
  /** Balloon pages begin behind the first 16 MiB, which the rings and lists are in. */
  static final int FIRST = 4096;
  static final int SHIFT = 12;
  /** As Linux's driver does. */
  static final int PER_CHAIN = 256;
  /** How many chains a ring holds. */
  static final int QUEUE_SIZE = 128;

  private static final long HOLE_PAGE = GuestLayout.HOLE_BASE >> SHIFT;
  private static final long HOLE_BYTES = GuestLayout.HIGH_BASE - GuestLayout.HOLE_BASE;

  private BalloonPages() {}

  /** {@return how much memory a guest has whose balloon can grow to so many pages, in bytes} */
  static long guestBytes(int pageCount) {
    return (long) FIRST + pageCount << SHIFT;
  }

  /** {@return the page number of the memory's page of that index: there is none where the hole is} */
  static int pageNumber(int index) {
    return index < HOLE_PAGE ? index : index + (int) (HOLE_BYTES >> SHIFT);
  }

  /** {@return where in the memory a guest physical address is} */
  static long offset(long gpa) {
    return gpa < GuestLayout.HOLE_BASE ? gpa : gpa - HOLE_BYTES;
  }
}
