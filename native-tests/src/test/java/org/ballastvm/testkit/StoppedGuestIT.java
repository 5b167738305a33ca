package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Time passes while a machine is stopped, and its guest is not to take that for a processor that hangs. */
@GuestTest
class StoppedGuestIT {
  /** Three times what a processor may hang: twice the threshold. Documentation/admin-guide/lockup-watchdogs.rst. */
  private static final Duration STOPPED = Duration.ofSeconds(12);

  /** An idle one is quiet by itself: leaving idle is progress to the watchdog. This one is busy. */
  @Test
  void aBusyGuestThatWasStoppedHasNoSoftLockup(@Boot({"-m", "256"}) Guest guest) {
    guest.run("echo 2 > /proc/sys/kernel/watchdog_thresh");
    guest.run("while :; do :; done & echo $! > /busy; usleep 100000");
    guest.monitor("stop");
    long end = System.nanoTime() + STOPPED.toNanos();
    guest.await("the time that a guest is stopped", () -> System.nanoTime() > end);
    guest.monitor("cont");
    String before = guest.run("cut -d . -f 1 /proc/uptime").strip();
    guest.await("the watchdog's next turns",
        () -> Long.parseLong(guest.run("cut -d . -f 1 /proc/uptime").strip()) > Long.parseLong(before) + 2);
    guest.run("kill $(cat /busy)");
    assertEquals("", guest.run("dmesg | grep -i 'soft lockup' || true"));
  }
}
