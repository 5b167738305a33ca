package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    guest = Guest.boot(GuestHosts.find(), GuestConfig.of("-m", "256", "-device", "virtio-balloon-pci,id=balloon0"));
    guest.run("mount -t debugfs debugfs /sys/kernel/debug");
    guest.run("echo enabled > /sys/class/tty/ttyS0/power/wakeup");
    guest.balloon(192);
  }

  @AfterEach
  void end() { guest.close(); }

  /** Types it and returns once the guest has said, in the kernel's log, that it is about to sleep. */
  private void sleep(String how) {
    assertEquals(slept + "\n", guest.run(SUCCESSES));
    long memory = guest.memInfoKiB("MemTotal");
    assertTrue(memory < 192 << 10, memory + " KiB");
    guest.type("dmesg -c > /dev/null; echo N > /sys/module/printk/parameters/console_suspend; dmesg -n 8; " + how);
    guest.await("the guest to sleep", () -> guest.console().text().substring(seen).contains("PM: suspend entry"));
  }

  private void awaitAwake() {
    guest.await("the guest to wake", () -> guest.console().text().substring(seen).contains("PM: suspend exit"));
    seen = guest.console().text().length();
    guest.run("dmesg -n 1");
    slept++;
    assertEquals(slept + "\n", guest.run(SUCCESSES), guest::lastWords);
    assertEquals("balloon: actual=192", guest.monitor("info balloon"));
    guest.balloon(256);
    guest.balloon(192);
  }

  @Test
  void theMonitorTheButtonAndTheClockWakeIt() {
    sleep("echo freeze > /sys/power/state");
    guest.monitor("system_wakeup");
    awaitAwake();
    sleep("echo freeze > /sys/power/state");
    guest.monitor("system_powerdown");
    awaitAwake();
    sleep("rtcwake -m freeze -s 3");
    awaitAwake();
  }
}
