package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.testkit.Guest;

/** What acpi_memhotplug does: each is a check of a guest with slots for DIMMs, and leaves them empty. */
final class DimmScenarios {
  private static final String MEMORY = "/sys/devices/system/memory/";
  /** The same address again and again: Linux's block 32. */
  private static final String PLACE = "addr=0x100000000";
  private static final String BLOCK = MEMORY + "memory32/";

  private DimmScenarios() {}

  private static void plug(Guest guest, String policy) {
    guest.run("echo " + policy + " > " + MEMORY + "auto_online_blocks");
    assertEquals("", guest.monitor("object_add memory-backend-ram,id=m,size=128M"));
    assertEquals("", guest.monitor("device_add pc-dimm,id=d,memdev=m," + PLACE));
    guest.await("it came", () -> devices(guest).contains("last _OST: it came: success"));
  }

  private static String devices(Guest guest) { return guest.monitor("info memory-devices -v"); }

  private static void unplug(Guest guest) {
    guest.await("the DIMM gone", () -> {
      if (devices(guest).isEmpty()) {
        return true;
      }
      guest.run("echo 3 > /proc/sys/vm/drop_caches");
      guest.monitor("device_del d");
      return false;
    });
    assertEquals("", guest.monitor("object_del m"));
    assertEquals("", guest.run("ls -d " + BLOCK + " 2> /dev/null || true"));
  }

  private static String zones(Guest guest, String block) {
    return guest.run("cat " + MEMORY + block + "/state " + MEMORY + block + "/valid_zones");
  }

  /** Offline, and as movable memory, again and again at the same address. */
  static void itComesToTheSameAddressAgain(Guest guest) {
    plug(guest, "offline");
    assertEquals("offline\nNormal Movable\n", zones(guest, "memory32"));
    unplug(guest);
    for (int i = 0; i < 3; i++) {
      plug(guest, "online_movable");
      assertEquals("online\nMovable\n", zones(guest, "memory32"));
      unplug(guest);
    }
  }

  /**
   * Of a guest with a disk blk0: the disk does not answer, and what it is to read into is in the DIMM. Linux neither refuses nor gives
   * up: it tries again and again to move the page, and lets the DIMM go as soon as it can.
   */
  static void itGoesAsSoonAsAPinnedPageIsLetGo(Guest guest) {
    plug(guest, "online_movable");
    guest.inject("blk0", "what=hold,queue=0,count=0");
    guest.run("{ dd if=/dev/vda of=/dev/null bs=4M count=1 iflag=direct 2> /dev/null & } 2> /dev/null");
    Look.awaitStrike(guest, "hold");
    assertEquals("", guest.monitor("device_del d"));
    guest.await("a guest that tries", () -> guest.run("cat " + BLOCK + "state").equals("going-offline\n"));
    assertTrue(devices(guest).contains("\"d\""), () -> devices(guest));
    guest.clearFaults();
    guest.run("wait");
    guest.await("the DIMM gone", () -> devices(guest).isEmpty());
    assertEquals("", guest.monitor("object_del m"));
  }

  /** The guest lets it go, and the machine keeps it in its slot, once. */
  static void itsEjectIsWithheldAndDoneThen(Guest guest) {
    plug(guest, "online_movable");
    guest.inject("d", "what=eject-withheld");
    assertEquals("", guest.monitor("device_del d"));
    Look.awaitStrike(guest, "eject-withheld");
    assertEquals("", guest.run("ls -d " + BLOCK + " 2> /dev/null || true"));
    assertTrue(devices(guest).contains("\"d\""), () -> devices(guest));
    guest.clearFaults();
    unplug(guest);
  }

  /** What the guest reports is not heard, and the DIMM goes all the same. */
  static void itGoesThoughItsReportsAreNotHeard(Guest guest) {
    plug(guest, "online_movable");
    guest.inject("d", "what=ost-ignored,count=0");
    assertEquals("", guest.monitor("device_del d"));
    guest.await("the DIMM gone", () -> devices(guest).isEmpty());
    assertEquals("", guest.monitor("object_del m"));
  }

  /**
   * By these policies the kernel may put into a DIMM what cannot be moved, here the buffer of its trace: it refuses, reports so by _OST,
   * and uses the DIMM on. It stays.
   */
  static void itIsRefusedWhileTheKernelHasSomethingInIt(Guest guest) {
    plug(guest, "online");
    assertEquals("online\nNormal\n", zones(guest, "memory32"));
    guest.run("mount -t tracefs none /sys/kernel/tracing; echo 60000 > /sys/kernel/tracing/buffer_size_kb");
    assertEquals("", guest.monitor("device_del d"));
    guest.await("a refusal",
        () -> devices(guest).contains("last _OST: it is asked to go: the device is busy (0x3, 0x82)"));
    assertEquals("online\nNormal\n", zones(guest, "memory32"));
    guest.run("echo online_kernel > " + MEMORY + "auto_online_blocks");
    assertEquals("", guest.monitor("object_add memory-backend-ram,id=m2,size=128M"));
    assertEquals("", guest.monitor("device_add pc-dimm,id=d2,memdev=m2,addr=0x108000000"));
    guest.await("another", () -> guest.tryToRun("grep -q online " + MEMORY + "memory33/state").status() == 0);
    assertEquals("online\nNormal\n", zones(guest, "memory33"));
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=300 2> /dev/null; rm /tmp/fill");
  }
}
