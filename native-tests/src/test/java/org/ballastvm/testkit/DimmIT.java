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

  @Test
  void whatCannotBeMovedStaysAndTheMonitorIsTold(@Boot({"-m", "512,slots=4,maxmem=4G"}) Guest guest) {
    guest.run("echo offline > /sys/devices/system/memory/auto_online_blocks");
    guest.monitor("object_add memory-backend-ram,id=mem1,size=256M");
    guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1");
    String onlineKernel = "for block in /sys/devices/system/memory/memory*; do"
        + " [ $(cat $block/state) = offline ] && echo online_kernel > $block/state; done; true";
    long alone = guest.memInfoKiB("MemTotal");
    guest.await("memory for the kernel", () -> {
      guest.run(onlineKernel);
      return guest.memInfoKiB("MemTotal") > alone + (200 << 10);
    });
    // The kernel takes what it cannot move, such as names of files, from its highest memory first.
    guest.run("mkdir /tmp/names; i=0; while [ $i -lt 3000 ]; do : > /tmp/names/$i; i=$((i+1)); done");
    guest.monitor("device_del dimm1");
    guest.await("an answer", () -> guest.run("dmesg").contains("Offline failed")
        || !guest.monitor("qom-list /machine/peripheral").contains("dimm1"));
    assertTrue(guest.monitor("info memory-devices").contains("dimm1"));
    assertEquals("yes\n", guest.run("echo yes"));
  }
}
