package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.testkit.Guest;

/**
 * What virtio_mem does: each is a check of a guest with a device vm0 of 1 GiB behind 512 MiB, whose memory goes online as movable,
 * and leaves nothing plugged.
 */
final class MemScenarios {
  private static final int MIB_SHIFT = 20;
  private static final String BLOCKS = "/sys/devices/system/memory/";

  private MemScenarios() {}

  private static String property(Guest guest, String name) { return guest.monitor("qom-get vm0 " + name).strip(); }

  private static long plugged(Guest guest) { return Long.parseLong(property(guest, "size")); }

  private static void request(Guest guest, long mib) {
    assertEquals("", guest.monitor("qom-set vm0 requested-size " + mib + "M"));
  }

  private static void awaitPlugged(Guest guest, long mib) {
    guest.await(mib + " MiB", () -> plugged(guest) == mib << MIB_SHIFT);
  }

  private static void resize(Guest guest, long mib) {
    request(guest, mib);
    awaitPlugged(guest, mib);
  }

  private static String answers(Guest guest) { return guest.monitor("info memory-devices -v"); }

  /**
   * A guest that is told that the host has no room now asks again later, and takes nothing for plugged meanwhile. By itself Linux asks
   * after 50 seconds; another size has it ask at once, for all of a block.
   */
  static void busyIsAskedAgainAndNothingIsTakenForPlugged(Guest guest) {
    guest.run("echo offline > " + BLOCKS + "auto_online_blocks"); // a driver that does would have the guest use what is not there
    guest.inject("vm0", "what=mem-busy,request=plug");
    request(guest, 64);
    Look.awaitStrike(guest, "mem-busy");
    request(guest, 128);
    guest.await("something plugged", () -> plugged(guest) > 0);
    assertEquals("", Look.trouble(guest)); // Linux 6.1 warns where its count is not the device's, and goes on by that
    assertEquals(128L << MIB_SHIFT, plugged(guest));
    guest.clearFaults();
    guest.await("a block", () -> guest.tryToRun("echo online_movable > " + BLOCKS + "memory32/state").status() == 0);
    guest.run("echo online_movable > " + BLOCKS + "auto_online_blocks");
    fill(guest, 100);
    assertEquals("0", property(guest, "unplugged-accesses"));
    resize(guest, 0);
  }

  /** Refused as nothing that can be done now, a request is made again at once; and BUSY when memory is to go, later. */
  static void whatIsRefusedIsAskedAgain(Guest guest) {
    guest.inject("vm0", "what=mem-nack,request=plug,count=2");
    resize(guest, 256);
    assertTrue(guest.monitor("info faults").contains("struck 2 times"), () -> guest.monitor("info faults"));
    guest.clearFaults();
    guest.inject("vm0", "what=mem-busy,request=unplug");
    request(guest, 128);
    Look.awaitStrike(guest, "mem-busy");
    assertEquals(256L << MIB_SHIFT, plugged(guest));
    resize(guest, 64);
    guest.clearFaults();
    resize(guest, 0);
  }

  /**
   * Of a guest with a disk blk0: what it reads is in pages of virtio-mem's, which are pinned until the disk answers. They cannot be
   * moved, and stay plugged; when they are let go, they go.
   */
  static void whatIsPinnedStaysUntilItIsLetGo(Guest guest) {
    resize(guest, 128);
    guest.inject("blk0", "what=hold,queue=0,count=0");
    guest.run("{ dd if=/dev/vda of=/dev/null bs=4M count=1 iflag=direct 2> /dev/null & } 2> /dev/null");
    Look.awaitStrike(guest, "hold");
    request(guest, 0);
    guest.await("what cannot go", () -> answers(guest).contains("cause: cannot-be-freed"));
    long pinned = plugged(guest);
    assertTrue(pinned > 0 && pinned < 128L << MIB_SHIFT, pinned + " bytes are left");
    guest.run("pidof dd"); // it waits
    guest.clearFaults();
    guest.run("wait");
    request(guest, 64);
    resize(guest, 0);
  }

  /** Blocks go offline and online again while files are written in them; one that is offline is unplugged first. */
  static void blocksGoOfflineUnderLoad(Guest guest) {
    resize(guest, 512);
    guest.run("dd if=/dev/urandom of=/tmp/keep bs=1M count=32 2> /dev/null");
    String kept = guest.run("md5sum /tmp/keep");
    Look.beginLoop(guest, "dd if=/tmp/keep of=/tmp/copy bs=1M 2> /dev/null; md5sum < /tmp/copy >> /tmp/sums");
    guest.await("a copy", () -> guest.tryToRun("test -s /tmp/sums").status() == 0);
    for (int i = 0; i < 2; i++) {
      for (String block : new String[]{"memory33", "memory34"}) {
        guest.await(block + " offline",
            () -> guest.tryToRun("echo offline > " + BLOCKS + block + "/state").status() == 0);
        guest.run("echo online_movable > " + BLOCKS + block + "/state");
      }
    }
    guest.await("a block offline", () -> guest.tryToRun("echo offline > " + BLOCKS + "memory34/state").status() == 0);
    resize(guest, 384);
    assertEquals("memory32\nmemory33\nmemory35\n", guest.run("ls " + BLOCKS + " | grep '^memory3[2-5]$'"));
    Look.endLoop(guest);
    assertEquals("0\n",
        guest.run("grep -cv '^" + kept.split(" ")[0] + "' /tmp/sums; rm /tmp/sums /tmp/copy /tmp/keep"));
    resize(guest, 0);
  }

  /**
   * Linux does not refuse to unload its driver while memory is plugged: it warns, resets the device, and goes on using the memory. No
   * driver gets the device again. This is the end of what a guest can do with it.
   */
  static void unloadedTheDriverLeavesItsMemoryInUse(Guest guest) {
    resize(guest, 256);
    long total = guest.memInfoKiB("MemTotal");
    guest.run("rmmod virtio_mem");
    assertTrue(guest.run("dmesg").contains("device still has system memory added"));
    assertEquals(256L << MIB_SHIFT, plugged(guest));
    assertEquals(total, guest.memInfoKiB("MemTotal"));
    fill(guest, 300);
    assertEquals("0", property(guest, "unplugged-accesses"));
    guest.run("insmod /modules/*virtio_mem.ko");
    assertTrue(guest.run("dmesg").contains("could not reserve device region"));
    assertTrue(answers(guest).contains("driver: failed"), () -> answers(guest));
    assertEquals(256L << MIB_SHIFT, plugged(guest));
    assertEquals(total, guest.memInfoKiB("MemTotal"));
    fill(guest, 300);
  }

  private static void fill(Guest guest, int mib) {
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=" + mib + " 2> /dev/null; rm /tmp/fill");
  }
}
