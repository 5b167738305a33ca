package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Memory that comes to a Linux guest in a DIMM, and goes again. */
@GuestTest
class DimmIT {
  private static final int MEMORY_BLOCKS = 8; // of 128 MiB

  @Test
  void aGigabyteComesIsUsedAndGoes(@Boot({"-m", "512,slots=4,maxmem=4G"}) Guest guest) {
    long alone = guest.memInfoKiB("MemTotal");
    String blocks = "ls -d /sys/devices/system/memory/memory[0-9]* | wc -l";
    int blocksAlone = Integer.parseInt(guest.run(blocks).strip());
    guest.run("echo online_movable > /sys/devices/system/memory/auto_online_blocks");
    assertEquals("", guest.monitor("object_add memory-backend-ram,id=mem1,size=1G"));
    assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
    guest.await("a gigabyte more", () -> guest.memInfoKiB("MemTotal") > alone + (900 << 10));
    assertEquals(blocksAlone + MEMORY_BLOCKS, Integer.parseInt(guest.run(blocks).strip()));
    assertEquals("15\n", guest.run("cat /sys/bus/acpi/devices/PNP0C80:00/status"));
    assertTrue(guest.run("cat /proc/iomem").contains("100000000-13fffffff : System RAM"));
    guest.run("mkdir /filled && mount -t tmpfs -o size=900m none /filled");
    guest.run("dd if=/dev/zero of=/filled/file bs=1M count=700 2> /dev/null && umount /filled");
    long used = guest.residentKiB();

    assertEquals("", guest.monitor("device_del dimm1"));
    guest.await("the DIMM gone", () -> !guest.monitor("qom-list /machine/peripheral").contains("dimm1"));
    assertEquals(alone, guest.memInfoKiB("MemTotal"));
    assertEquals("", guest.monitor("object_del mem1"));
    assertTrue(used - guest.residentKiB() > 300 << 10, "the host got its memory back");
  }

  /**
   * The kernel's trace buffer cannot be moved, and takes the memory of the DIMM only when there is no other that is as good:
   * behind 3 GiB of base memory 228 MiB more are above 4 GiB, like the DIMM, and taken first. So it is what is in the way,
   * and when it shrinks nothing is.
   */
  @Test
  void whatCannotBeMovedStaysAndGoesWhenItIsFreed(@Boot({"-m", "3300,slots=4,maxmem=8G"}) Guest guest) {
    guest
        .run("echo offline > /sys/devices/system/memory/auto_online_blocks; mount -t tracefs none /sys/kernel/tracing");
    guest.monitor("object_add memory-backend-ram,id=mem1,size=256M");
    guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1");
    guest.await("what became of it", () -> says(guest, "last _OST: it came: success (0x1, 0x0)"));
    guest
        .run("cd /sys/devices/system/memory; for b in memory4[0-9]; do grep -q offline $b/state && echo online_kernel >"
            + " $b/state; done; cd /; echo 350000 > /sys/kernel/tracing/buffer_size_kb");
    assertEquals("", guest.monitor("device_del dimm1"));
    guest.await("a refusal", () -> says(guest, "last _OST: it is asked to go: the device is busy (0x3, 0x82)"));
    assertTrue(says(guest, "guest: the guest has it online and keeps it: the device is busy"));
    assertTrue(guest.run("dmesg").contains("Offline failed"));
    guest.run("dd if=/dev/zero of=/tmp/file bs=1M count=64 2> /dev/null && rm /tmp/file");

    guest.run("echo 1 > /sys/kernel/tracing/buffer_size_kb");
    guest.await("the DIMM gone", () -> {
      guest.run("echo 3 > /proc/sys/vm/drop_caches"); // names of files that were looked at meanwhile
      guest.monitor("device_del dimm1");
      return guest.monitor("info memory-devices").isEmpty();
    });
    assertEquals("", guest.monitor("object_del mem1"));
  }

  @Test
  void aResetCompletesAnUnplugThatTheGuestNeverSaw(@Boot(value = {"-m",
      "512,slots=4,maxmem=4G"}, noReboot = false) Guest guest) {
    long alone = guest.memInfoKiB("MemTotal");
    guest.run("echo online_movable > /sys/devices/system/memory/auto_online_blocks");
    guest.monitor("object_add memory-backend-ram,id=mem1,size=256M");
    guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1");
    guest.await("256 MiB more", () -> guest.memInfoKiB("MemTotal") > alone + (200 << 10));
    guest.monitor("stop");
    assertEquals("", guest.monitor("device_del dimm1"));
    assertTrue(guest.monitor("device_del dimm1").contains("already in the process of unplug"));
    assertTrue(guest.monitor("info memory-devices").contains("dimm1"));
    guest.monitor("system_reset");
    guest.monitor("cont");
    guest.awaitUp();
    assertEquals("", guest.monitor("info memory-devices"));
    assertEquals("", guest.monitor("object_del mem1"));
    assertEquals(alone, guest.memInfoKiB("MemTotal"));
  }

  private static boolean says(Guest guest, String line) {
    return guest.monitor("info memory-devices -v").lines().anyMatch(("  " + line)::equals);
  }
}
