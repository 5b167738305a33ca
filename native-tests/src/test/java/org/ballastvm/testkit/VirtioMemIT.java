package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Memory that Linux plugs and unplugs by the block, in two nodes. */
@GuestTest
class VirtioMemIT {
  private static final long MIB = 1L << 20;

  @Test
  void aGuestOfTwoNodesGrowsAndShrinksAndTheHostHasItsMemoryBack(@Boot(value = {"-m", "1G,maxmem=9G", "-smp",
      "sockets=2,cores=1", "-numa", "node,nodeid=0,cpus=0", "-numa", "node,nodeid=1,cpus=1", "-object",
      "memory-backend-ram,id=mem0,size=2G", "-device",
      "virtio-mem-pci,id=vm0,memdev=mem0,node=0,requested-size=128M", "-object", "memory-backend-ram,id=mem1,size=2G",
      "-device", "virtio-mem-pci,id=vm1,memdev=mem1,node=1,requested-size=80M"}, append = "lab.movable") Guest guest) {
    guest.await("what was asked for at the start", () -> size(guest, "vm0") == 128 && size(guest, "vm1") == 80);
    assertEquals("0-1\n", guest.run("cat /sys/devices/system/node/online"));
    assertEquals("0\n1\n", guest.run("cat /sys/devices/system/node/node*/cpulist"));

    long before = guest.memInfoKiB("MemTotal");
    assertEquals("", guest.monitor("qom-set vm1 requested-size 1G"));
    guest.await("1 GiB in node 1", () -> size(guest, "vm1") == 1024);
    guest.await("all of it in use", () -> guest.memInfoKiB("MemTotal") - before > 880 * 1024);
    assertTrue(guest.monitor("info numa").contains("node 1 plugged: 1024 MB"));

    guest.run("dd if=/dev/zero of=/tmp/x bs=1M count=1200 2> /dev/null; rm /tmp/x");
    long touched = guest.residentKiB();
    assertEquals("", guest.monitor("qom-set vm1 requested-size 64M"));
    guest.await("64 MiB in node 1", () -> size(guest, "vm1") == 64);
    assertTrue(touched - guest.residentKiB() > 200 * 1024,
        touched + " KiB before and " + guest.residentKiB() + " after");

    assertEquals("Error: 'requested-size' cannot exceed the memory backend size(0x80000000)",
        guest.monitor("qom-set vm0 requested-size 3G").strip());
    assertEquals("base memory: 1073741824\nplugged memory: " + (128 + 64) * MIB,
        guest.monitor("info memory_size_summary").strip());
    assertTrue(!guest.run("dmesg").contains("virtio_mem: error"), "the driver complains");
  }

  /** What a device has plugged, in MiB. */
  private static long size(Guest guest, String id) {
    Matcher size = Pattern.compile("\"" + id + "\".*?\n  size: (\\d+)", Pattern.DOTALL)
        .matcher(guest.monitor("info memory-devices").replace("\r", ""));
    assertTrue(size.find(), id + " is missing");
    return Long.parseLong(size.group(1)) / MIB;
  }
}
