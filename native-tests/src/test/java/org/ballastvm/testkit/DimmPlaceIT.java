package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.Test;

/** Where Linux has a DIMM: what its files say agrees with what the monitor says. */
@GuestTest
class DimmPlaceIT {
  private static final String MOVABLE = "echo online_movable > /sys/devices/system/memory/auto_online_blocks";
  private static final String HUGE = "memory-backend-memfd,id=mem1,size=128M,hugetlb=on,hugetlbsize=2M";
  private static final int BLOCK_SHIFT = 27;
  private static final long GIB = 1L << 30;
  private static final Pattern DIMM = Pattern
      .compile("addr: 0x(\\p{XDigit}+)\n  slot: (\\d+)\n  node: 0\n  size: (\\d+)");

  private record Listed(long address, int slot, long sizeBytes) {
    String inIoMemory() { return String.format(Locale.ROOT, "%x-%x : System RAM", address, address + sizeBytes - 1); }

    List<String> blocks() {
      List<String> names = new ArrayList<>();
      for (long at = address; at < address + sizeBytes; at += 1L << BLOCK_SHIFT) {
        names.add("memory" + (at >> BLOCK_SHIFT));
      }
      return names;
    }
  }

  private static List<Listed> listed(Guest guest) {
    return DIMM.matcher(guest.monitor("info memory-devices")).results().map(DimmPlaceIT::listed).toList();
  }

  private static Listed listed(MatchResult line) {
    return new Listed(Long.parseLong(line.group(1), 16), Integer.parseInt(line.group(2)),
        Long.parseLong(line.group(3)));
  }

  /** Linux knows no node but those that its tables name, and numbers them as it meets them. */
  @Test
  void aNodeThatStartsWithNothingGetsTheMemoryThatIsMeantForIt(
      @Boot({"-m", "512M,slots=4,maxmem=4G", "-object", "memory-backend-ram,id=a,size=256M", "-object",
          "memory-backend-ram,id=b,size=256M", "-numa", "node,nodeid=0,memdev=a", "-numa", "node,nodeid=1", "-numa",
          "node,nodeid=2,cpus=0,memdev=b", "-numa", "node,nodeid=3"}) Guest guest) {
    assertEquals("0-3", guest.run("cat /sys/devices/system/node/possible").strip());
    for (int node : List.of(3, 1)) {
      assertEquals("", guest.monitor("object_add memory-backend-ram,id=m" + node + ",size=128M"));
      assertEquals("", guest.monitor("device_add pc-dimm,id=d" + node + ",memdev=m" + node + ",node=" + node));
      guest.await("a block in node " + node, () -> guest
          .run("ls -d /sys/devices/system/node/node" + node + "/memory[0-9]* 2> /dev/null | wc -l").strip()
          .equals("1"));
    }
  }

  /** The lines that people type, as they stand. */
  @Test
  void fourDimmsAreWhereTheMonitorSays(@Boot({"-m", "4G,slots=32,maxmem=32G"}) Guest guest) {
    guest.run(MOVABLE);
    long alone = guest.memInfoKiB("MemTotal");
    for (int i = 1; i <= 4; i++) {
      assertEquals("", guest.monitor("object_add memory-backend-ram,id=mem" + i + ",size=1G"));
      assertEquals("", guest.monitor("device_add pc-dimm,id=dimm" + i + ",memdev=mem" + i));
    }
    guest.await("four gigabytes more", () -> guest.memInfoKiB("MemTotal") > alone + (3900L << 10));
    List<Listed> all = listed(guest);
    assertEquals(4, all.size());
    assertEquals(5 * GIB, all.getFirst().address());
    all.forEach(dimm -> assertIsThere(guest, dimm));
    assertEquals("15 15 15 15 0 ", guest.run("for i in 00 01 02 03 04; do cat /sys/bus/acpi/devices/PNP0C80:$i/status;"
        + " done | tr '\\n' ' '"));
    assertEquals("", guest.monitor("device_del dimm1"));
    guest.await("the DIMM gone", () -> listed(guest).size() == 3);
    assertFalse(guest.run("cat /proc/iomem").contains(all.getFirst().inIoMemory()));
    assertEquals("0\n", guest.run("cat /sys/bus/acpi/devices/PNP0C80:00/status"));
    listed(guest).forEach(dimm -> assertIsThere(guest, dimm));
  }

  private static void assertIsThere(Guest guest, Listed dimm) {
    String memory = guest.run("cat /proc/iomem");
    assertTrue(memory.contains(dimm.inIoMemory()), memory);
    String states = guest
        .run("cd /sys/devices/system/memory; cat " + String.join("/state ", dimm.blocks()) + "/state; cd /");
    assertEquals("online\n".repeat(dimm.blocks().size()), states);
    String path = String.format(Locale.ROOT, "/sys/bus/acpi/devices/PNP0C80:%02x/", dimm.slot());
    assertEquals(dimm.slot() + "\n", guest.run("cat " + path + "uid"));
  }

  /** Linux wonders at processors of one socket on two nodes, which QEMU's users may ask for, too. */
  @Test
  @Expect(value = VerdictKind.WARNING, title = "topology_sane", mayBeMissing = true)
  void aDimmThatWasThereAtTheStartIsInItsNode(@Boot(value = {"-m", "1G,slots=8,maxmem=8G", "-smp", "2", "-object",
      "memory-backend-ram,id=r0,size=512M", "-object", "memory-backend-ram,id=r1,size=512M", "-numa",
      "node,nodeid=0,cpus=0,memdev=r0", "-numa", "node,nodeid=1,cpus=1,memdev=r1", "-object",
      "memory-backend-memfd,id=mem1,size=512M", "-device",
      "pc-dimm,id=dimm1,memdev=mem1,node=1"}, append = "memhp_default_state=online_movable") Guest guest) {
    assertTrue(guest.run("dmesg").contains("SRAT: Node 1 PXM 1 [mem 0x100000000-"));
    assertEquals("online\n".repeat(4), guest.run("cat /sys/devices/system/node/node1/memory3[2-5]/state"));
    assertTrue(guest.monitor("info numa").contains("node 1 plugged: 512 MB"), guest.monitor("info numa"));
    String node1 = guest.run("cat /sys/devices/system/node/node1/meminfo").split("\n")[0].replaceAll(".*: *| kB", "");
    assertTrue(Long.parseLong(node1) > 900 << 10, node1);
    assertTrue(guest.monitor("info memory-devices -v").contains("hotplugged: false"));
    assertEquals("", guest.monitor("device_del dimm1"));
    guest.await("the DIMM gone", () -> guest.monitor("info memory-devices").isEmpty());
    assertEquals("", guest.monitor("object_del mem1"));
  }

  /** One is there at the start, its pages taken before the guest runs; another comes later, and its pages as they are used. */
  @Test
  void hugePagesOfADimmGoBackWholeWithIt() {
    GuestHost host = GuestHosts.find();
    assumeTrue(onHost(host, "echo 64 > /proc/sys/vm/nr_hugepages && cat /proc/sys/vm/nr_hugepages").equals("64\n"),
        "this host gives no huge pages");
    try (Guest guest = Guest.boot(host, GuestConfig.of("-m", "512,slots=4,maxmem=4G", "-object",
        HUGE + ",prealloc=on", "-device", "pc-dimm,id=dimm1,memdev=mem1").appending(
            "memhp_default_state=online_movable"))) {
      assertEquals(0, freeHugePages(host));
      assertDimmGoesWithItsPages(guest);

      guest.run(MOVABLE); // its init has chosen for memory that comes later
      long alone = guest.memInfoKiB("MemTotal");
      assertEquals("", guest.monitor("object_add " + HUGE));
      assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
      guest.await("128 MiB more", () -> guest.memInfoKiB("MemTotal") > alone + (100 << 10));
      guest.run("dd if=/dev/zero of=/tmp/file bs=1M count=100 2> /dev/null");
      assertTrue(freeHugePages(host) < 32, "the guest uses them");
      guest.run("rm /tmp/file");
      assertDimmGoesWithItsPages(guest);
    } finally {
      onHost(host, "echo 0 > /proc/sys/vm/nr_hugepages");
    }
  }

  private static void assertDimmGoesWithItsPages(Guest guest) {
    assertEquals("", guest.monitor("device_del dimm1"));
    guest.await("the DIMM gone", () -> guest.monitor("info memory-devices").isEmpty());
    assertEquals("", guest.monitor("object_del mem1"));
    assertEquals(64, freeHugePages(guest.host()));
  }

  private static int freeHugePages(GuestHost host) {
    return Integer.parseInt(onHost(host, "grep HugePages_Free /proc/meminfo").replaceAll("\\D", ""));
  }

  private static String onHost(GuestHost host, String line) {
    return host.run(Guest.PATIENCE, HostedCommand.of("sh", "-c", line));
  }
}
