package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The balloon's whole story on one guest: it fills its memory, gives some back, and gets it again. */
final class Squeeze {
  private static final long KIB_PER_MIB = 1024;
  private static final double PROMISED = 0.95;

  private final Guest guest;
  private final long fullMiB;
  private final long takenMiB;

  /**
   * A balloon that takes so much from a guest that has so much.
   *
   * @param fullMiB what the guest has with no balloon
   * @param takenMiB what the balloon takes
   */
  Squeeze(Guest guest, long fullMiB, long takenMiB) {
    this.guest = guest;
    this.fullMiB = fullMiB;
    this.takenMiB = takenMiB;
  }

  /** All of it; every step is checked. */
  void check() {
    assertEquals("balloon: actual=" + fullMiB, guest.monitor("info balloon"));
    guest.run("dd if=/dev/urandom of=/tmp/keep bs=1M count=16");
    String sum = guest.run("md5sum /tmp/keep");
    long total = guest.memInfoKiB("MemTotal");
    touch(takenMiB + takenMiB / 4);
    long touched = guest.residentKiB();

    guest.balloon(fullMiB - takenMiB);
    long fell = touched - guest.residentKiB();
    assertTrue(fell >= PROMISED * takenMiB * KIB_PER_MIB,
        "resident memory fell by " + fell + " KiB of " + takenMiB + " MiB");
    assertEquals(takenMiB * KIB_PER_MIB, total - guest.memInfoKiB("MemTotal"));
    assertEquals(sum, guest.run("md5sum /tmp/keep"));

    guest.balloon(fullMiB);
    assertEquals(total, guest.memInfoKiB("MemTotal"));
    touch(takenMiB + takenMiB / 4);
    assertEquals(sum, guest.run("md5sum /tmp/keep"));
  }

  /** Makes memory resident, and free again in the guest: what is freed last is what the balloon gets first. */
  private void touch(long mib) {
    guest.run("dd if=/dev/zero of=/tmp/x bs=1M count=" + mib + " && rm /tmp/x");
  }
}
