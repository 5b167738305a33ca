package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.rig.HostedCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Suspend to idle, which a guest leaves by the serial port that it has armed; its balloon comes back. */
@GuestTest
class SleepIT {
  private static final String SUCCESSES = "cat /sys/power/suspend_stats/success 2> /dev/null"
      + " || awk '/^success/ { print $2 }' /sys/kernel/debug/suspend_stats";

  /** The shell is done with the line that put the guest to sleep. */
  private static final Pattern AWAKE = Pattern.compile("LAB-RC 0\r?\n");
  /** What the process of a guest that sleeps takes at most of a second, in hundredths. */
  private static final int SLEEPERS_TICKS = 3;

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

  /** Has the guest sleep, and knocks; once it is awake, its balloon grows to what it was, and works. */
  private void sleep(String how, Runnable knock) {
    assertEquals(slept + "\n", guest.run(SUCCESSES));
    guest.type("dmesg -n 8; " + how);
    guest.await("the guest to fall asleep", () -> said("PM: suspend entry"));
    long[] ticks = {ticks()};
    guest.await("the guest to sleep", Duration.ofSeconds(1), () -> {
      long before = ticks[0];
      ticks[0] = ticks();
      return ticks[0] - before <= SLEEPERS_TICKS;
    });
    knock.run();
    guest.console().await(AWAKE, Guest.PATIENCE);
    assertTrue(said("PM: suspend exit"), guest::lastWords);
    seen = guest.console().text().length();
    guest.run("dmesg -n 1");
    slept++;
    assertEquals(slept + "\n", guest.run(SUCCESSES), guest::lastWords);
    guest.await("the balloon, which Linux empties before it sleeps",
        () -> guest.monitor("info balloon").equals("balloon: actual=192"));
    guest.balloon(256);
    guest.balloon(192);
  }

  /** {@return how long its process ran, in hundredths of a second} */
  private long ticks() {
    String times = guest.host().run(Guest.PATIENCE,
        HostedCommand.of("cut", "-d", " ", "-f", "14,15", "/proc/" + guest.pid() + "/stat"));
    return Stream.of(times.strip().split(" ")).mapToLong(Long::parseLong).sum();
  }

  private boolean said(String word) { return guest.console().text().substring(seen).contains(word); }

  @Test
  void theMonitorTheButtonAndTheClockWakeIt() {
    sleep("echo freeze > /sys/power/state", () -> guest.monitor("system_wakeup"));
    sleep("echo freeze > /sys/power/state", () -> guest.monitor("system_powerdown"));
    sleep("echo +3 > /sys/class/rtc/rtc0/wakealarm; echo freeze > /sys/power/state", () -> {
      // The clock knocks.
    });
  }
}
