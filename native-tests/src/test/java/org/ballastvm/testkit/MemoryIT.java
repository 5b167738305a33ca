package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a guest is asked for as a total, what it does without a driver, and what many sizes one after the other leave. */
@GuestTest
class MemoryIT {
  private static final long MIB = 1L << 20;
  private static final String DEVICE = "virtio-mem-pci,id=vm0,memdev=mem0";
  private static final String DRIVER = "/sys/bus/virtio/drivers/virtio_mem/";
  private static final String UNBIND = "basename " + DRIVER + "virtio* > /tmp/v; cat /tmp/v > " + DRIVER + "unbind";
  private static final String BIND = "cat /tmp/v > " + DRIVER + "bind";
  /** 50 to 4096 MiB in full; by default a few, so that a build stays short. */
  private static final int CYCLES = Integer.getInteger("ballast.memory.cycles", 3);
  private static final int CYCLE_MIB = Integer.getInteger("ballast.memory.cycleMiB", 512);

  @Test
  void aTotalIsReachedByBlocksDimmsAndBalloon(@Boot(value = {"-m", "512M,slots=2,maxmem=4G", "-object",
      "memory-backend-ram,id=mem0,size=512M", "-device", DEVICE, "-device",
      "virtio-balloon-pci,id=b0"}, append = "lab.movable") Guest guest) {
    long before = guest.memInfoKiB("MemTotal");
    assertTrue(guest.monitor("memory set 1280M").contains("memory0: a new DIMM of 256 MiB"));
    guest.await("1280 MiB", () -> guest.monitor("memory show").contains("1280 MiB, reached"));
    guest.await("all of it in use", () -> guest.memInfoKiB("MemTotal") - before > 740 * 1024);
    assertTrue(guest.monitor("info memory-devices -v").contains("guest: the guest has added it"));
    assertTrue(guest.monitor("memory set 384M").contains("the DIMM go, 256 MiB, when that is done"));
    guest.await("384 MiB", () -> guest.monitor("memory show").contains("384 MiB, reached"));
    String drawn = guest.monitor("memory show");
    assertTrue(drawn.contains("oooo") && drawn.contains(" 128 MiB ballooned"), drawn);
    assertFalse(guest.monitor("info memory-devices").contains("memory0"));
  }

  @Test
  void aDriverGoesAndComesBackAndARebootKeepsWhatIsWanted(@Boot(value = {"-m", "512M,maxmem=2G", "-object",
      "memory-backend-ram,id=mem0,size=512M", "-device", DEVICE
          + ",request-timeout=5"}, append = "lab.movable", noReboot = false) Guest guest) {
    plug(guest, 256);
    plug(guest, 0);
    guest.run(UNBIND);
    guest.monitor("qom-set vm0 requested-size 128M");
    awaitCause(guest, "no-driver");
    guest.await("an event in the log", () -> guest.lastWords().contains("no driver has taken the device"));
    guest.run(BIND);
    awaitSize(guest, 128);
    assertTrue(guest.monitor("info memory-devices -v").contains("request: done after"));
    guest.run(UNBIND); // Its memory stays in use, so that no driver can have the device again.
    assertNotEquals(0, guest.tryToRun(BIND).status());
    assertEquals(128, size(guest));
    guest.monitor("qom-set vm0 requested-size 192M");
    awaitCause(guest, "driver-failed");
    guest.monitor("system_reset");
    guest.awaitUp();
    awaitSize(guest, 192);
    assertTrue(guest.monitor("info memory-devices -v").contains("driver: bound"));
  }

  @Test
  void growingAndShrinkingUnderLoadLeavesNothingBehind(@Boot(value = {"-m", "1G,maxmem=6G", "-object",
      "memory-backend-ram,id=mem0,size=4G,reserve=off", "-device", DEVICE}, append = "lab.movable") Guest guest) {
    touchAll(guest); // else what the load touches of base memory, never touched before, would look like something that stayed
    guest.run("(while true; do dd if=/dev/zero of=/tmp/load bs=1M count=64; rm /tmp/load; done) > /dev/null 2>&1 &");
    cycle(guest);
    long before = guest.residentKiB();
    long start = System.nanoTime();
    for (int i = 0; i < CYCLES; i++) {
      cycle(guest);
      System.out.printf("cycle %d: %.1f s so far%n", i + 1, (System.nanoTime() - start) / 1e9); // full size takes long
    }
    long after = guest.residentKiB();
    System.out.printf("%d cycles of %d MiB: %.1f s, resident %d KiB before and %d KiB after%n", CYCLES, CYCLE_MIB,
        (System.nanoTime() - start) / 1e9, before, after);
    assertTrue(after < before * 1.03, before + " KiB before and " + after + " after");
    assertEquals("", guest.run("dmesg | grep -E 'virtio_mem.*(error|fail)|BUG:|Oops|Out of memory'; true").strip());
  }

  private static void touchAll(Guest guest) {
    long mib = guest.memInfoKiB("MemAvailable") / 1024 - 40;
    guest.run("mkdir /filled; mount -t tmpfs -o size=100% none /filled; dd if=/dev/zero of=/filled/file bs=1M count="
        + mib + " 2> /dev/null; umount /filled");
  }

  private static void cycle(Guest guest) {
    plug(guest, CYCLE_MIB);
    plug(guest, 0);
  }

  private static void plug(Guest guest, int mib) {
    assertEquals("", guest.monitor("qom-set vm0 requested-size " + mib + "M"));
    awaitSize(guest, mib);
  }

  /** As long as it moves: to shrink by gigabytes under load takes a guest that has little of a processor many minutes. */
  private static void awaitSize(Guest guest, int mib) {
    for (long now = size(guest); now != mib; now = size(guest)) {
      long before = now;
      guest.await(mib + " MiB, from " + before, () -> size(guest) != before);
    }
  }

  private static void awaitCause(Guest guest, String cause) {
    guest.await(cause, () -> guest.monitor("info memory-devices -v").contains("cause: " + cause));
  }

  private static long size(Guest guest) {
    Matcher size = Pattern.compile("\n  size: (\\d+)").matcher(guest.monitor("info memory-devices").replace("\r", ""));
    assertTrue(size.find());
    return Long.parseLong(size.group(1)) / MIB;
  }
}
