package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The balloon's automatic mode on Linux. */
@GuestTest
class AutoBalloonIT {
  private static final String INTERVAL = "qom-get balloon0 guest-stats-polling-interval";

  @Test
  void anIdleGuestShrinksAHungryProcessHasItsMemoryInTimeAndAHandOnTheTargetEndsIt(
      @Boot({"-m", "512", "-device",
          "virtio-balloon-pci,id=balloon0,deflate-on-oom=on,auto=on,auto-low=64M,auto-high=96M"}) Guest guest) {
    assertEquals("1", guest.monitor(INTERVAL));
    guest.await("the guest to shrink", () -> guest.memInfoKiB("MemAvailable") < 104 << 10);
    guest.await("the decision to leave it so", () -> lastDecision(guest).contains("  hold "));
    assertTrue(guest.memInfoKiB("MemAvailable") > 64 << 10, () -> guest.monitor("info balloon -v"));

    guest.run("dd if=/dev/zero of=/dev/null bs=300M count=1"); // in memory of its own, all at once
    guest.run("echo still here");
    assertTrue(guest.monitor("info balloon -v").contains("  give "), () -> guest.monitor("info balloon -v"));
    assertEquals("0\n", guest.run("dmesg | grep -ciE 'out of memory|oom-kill|blocked for more' || true"));

    assertEquals("balloon: auto is off now, because a target was set by hand", guest.monitor("balloon 512"));
    guest.await("all of its memory", () -> guest.monitor("info balloon").equals("balloon: actual=512"));
    assertEquals("0", guest.monitor(INTERVAL));
  }

  private static String lastDecision(Guest guest) {
    return guest.monitor("info balloon -v").lines().toList().getLast();
  }
}
