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
  void aKernelThatClearsFreePagesSaysSoGivesThemBackAndFindsThemClear(
      @Boot(value = {"-m", "256", "-device", BALLOON}, append = "init_on_free=1") Guest guest) {
    assertEquals("11\n", guest.run("cut -c5-6 /sys/bus/virtio/devices/virtio0/features"), "PAGE_POISON, REPORTING");
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=100");
    long before = guest.residentKiB();
    guest.run("rm /tmp/fill");
    guest.await("80 MiB of the guest's", () -> guest.residentKiB() < before - 80 * 1024);
    keepsItsContent(guest);
  }

  @Test
  void aKernelThatPoisonsAndMayNotSayFindsItsPoison(@Boot(value = {"-m", "256", "-device",
      BALLOON + ",page-poison=off"}, append = "page_poison=1", debian = DebianFlavour.STOCK) Guest guest) {
    assertEquals("00\n", guest.run("cut -c5-6 /sys/bus/virtio/devices/virtio0/features"), "PAGE_POISON, REPORTING");
    keepsItsContent(guest);
  }

  private static void keepsItsContent(Guest guest) {
    guest.run("for i in 1 2 3 4 5 6; do dd if=/dev/urandom of=/tmp/keep$i bs=1M count=4 2> /dev/null; done");
    String kept = guest.run("md5sum /tmp/keep*");
    for (int round = 0; round < ROUNDS; round++) {
      writesAndReads(guest, 3);
      guest.balloon(150);
      assertEquals(kept, guest.run("md5sum /tmp/keep*"));
      writesAndReads(guest, 1);
      guest.balloon(256);
      assertEquals(kept, guest.run("md5sum /tmp/keep*"));
    }
    assertEquals("0\n", guest.run("dmesg | grep -cE '" + COMPLAINTS + "' || true"));
  }

  /** Files in memory that were just written, of 20 MiB each, hold what was written; then their memory is free again. */
  private static void writesAndReads(Guest guest, int files) {
    String written = guest.run("cat /tmp/keep[1-5] | md5sum");
    String read = guest.run("for i in $(seq " + files + "); do cat /tmp/keep[1-5] > /tmp/x$i; done; "
        + "for i in $(seq " + files + "); do md5sum < /tmp/x$i; done; rm /tmp/x*");
    assertEquals(written.repeat(files), read);
  }
}
