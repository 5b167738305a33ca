package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.images.DebianFlavour;
import org.junit.jupiter.api.Test;

/**
 * Guests whose kernels know what a free page holds, and look: no page comes back from the balloon, or from what was
 * reported as free, with anything else. Files that are there all the time are compared, too.
 */
@GuestTest
class BalloonContentIT {
  private static final String BALLOON = "virtio-balloon-pci,id=balloon0,free-page-reporting=on";
  private static final int ROUNDS = 2;
  private static final String COMPLAINTS = "BUG:|Bad page|corruption|single bit error|Oops|Kernel panic";

  @Test
  void aKernelThatPoisonsFreePagesFindsItsPoison(
      @Boot(value = {"-m", "256", "-device",
          BALLOON}, append = "page_poison=1", debian = DebianFlavour.STOCK) Guest guest) {
    assertEquals("11\n", guest.run("cut -c5-6 /sys/bus/virtio/devices/virtio0/features"), "PAGE_POISON, REPORTING");
    keepsItsContent(guest);
  }

  @Test
  void aKernelThatClearsFreePagesFindsThemClear(
      @Boot(value = {"-m", "256", "-device", BALLOON}, append = "init_on_free=1") Guest guest) {
    keepsItsContent(guest);
  }

  @Test
  void aKernelThatPoisonsAndMayNotSayFindsItsPoison(@Boot(value = {"-m", "256", "-device",
      BALLOON + ",page-poison=off"}, append = "page_poison=1", debian = DebianFlavour.STOCK) Guest guest) {
    assertEquals("00\n", guest.run("cut -c5-6 /sys/bus/virtio/devices/virtio0/features"), "PAGE_POISON, REPORTING");
    keepsItsContent(guest);
  }

  private static void keepsItsContent(Guest guest) {
    guest.run("for i in 1 2 3 4 5 6; do dd if=/dev/urandom of=/tmp/keep$i bs=1M count=4 2> /dev/null; done; "
        + "md5sum /tmp/keep* > /tmp/sums");
    for (int round = 0; round < ROUNDS; round++) {
      writesAndReads(guest, 60);
      guest.balloon(150);
      assertEquals("", guest.run("md5sum -c /tmp/sums | grep -v OK || true"));
      writesAndReads(guest, 20);
      guest.balloon(256);
      assertEquals("", guest.run("md5sum -c /tmp/sums | grep -v OK || true"));
    }
    assertEquals("0\n", guest.run("dmesg | grep -cE '" + COMPLAINTS + "' || true"));
  }

  /** A file in memory that was just written holds what was written; then its memory is free again. */
  private static void writesAndReads(Guest guest, int mib) {
    assertEquals("same\n", guest.run("a=$(yes ballast | head -c " + (mib << 20) + " | tee /tmp/x | md5sum); "
        + "b=$(md5sum < /tmp/x); rm /tmp/x; [ \"$a\" = \"$b\" ] && echo same || echo $a $b"));
  }
}
