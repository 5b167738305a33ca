package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Suspend to idle, which a guest leaves by the serial port that it has armed; what its balloon holds stays held. */
@GuestTest
class SleepIT {
  private static final String SUCCESSES = "cat /sys/power/suspend_stats/success 2> /dev/null"
      + " || awk '/^success/ { print $2 }' /sys/kernel/debug/suspend_stats";

  private Guest guest;
  /** How often it has slept. */
  private int slept;
  /** How much of the console is of earlier sleeps. */
  private int seen;

  @BeforeEach
  void boot() {
    guest = Guest.boot(GuestHosts.find(), GuestConfig.of("-m", "256", "-device", "virtio-balloon-pci,id=balloon0")
        .appending("no_console_suspend"));
    guest.run("mount -t debugfs debugfs /sys/kernel/debug");
    guest.run("echo 1 > /sys/power/pm_debug_messages"); // so that it says when it sleeps
    guest.run("echo enabled > /sys/class/tty/ttyS0/power/wakeup");
    guest.balloon(192);
  }

  @AfterEach
  void end() { guest.close(); }

  /** Has the guest sleep, and knocks; once it is awake, its balloon is as it was, and works. */
  private void sleep(String how, Runnable knock) {
    assertEquals(slept + "\n", guest.run(SUCCESSES));
    guest.type("dmesg -n 8; " + how);
    guest.await("the guest to sleep", () -> said("PM: suspend-to-idle"));
    knock.run();
    guest.await("the guest to wake", () -> said("PM: suspend exit"));
    seen = guest.console().text().length();
    guest.run("dmesg -n 1");
    slept++;
    assertEquals(slept + "\n", guest.run(SUCCESSES), guest::lastWords);
    assertEquals("balloon: actual=192", guest.monitor("info balloon"));
    guest.balloon(256);
    guest.balloon(192);
  }

  private boolean said(String word) { return guest.console().text().substring(seen).contains(word); }

  @Test
  void theMonitorTheButtonAndTheClockWakeIt() {
    sleep("echo freeze > /sys/power/state", () -> guest.monitor("system_wakeup"));
    sleep("echo freeze > /sys/power/state", () -> guest.monitor("system_powerdown"));
    sleep("rtcwake -m freeze -s 3", () -> {
      // The clock knocks.
    });
  }
}
