package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.ballastvm.rig.GuestHost;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Memory that Linux plugs and unplugs by the block, in two nodes: the lines that people type, as they stand, one by one. */
@GuestTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VirtioMemIT {
  private static final String LINE = "-m 4G,maxmem=20G -smp sockets=2,cores=2 "
      + "-numa node,nodeid=0,cpus=0-1 -numa node,nodeid=1,cpus=2-3 "
      + "-object memory-backend-ram,id=mem0,size=8G "
      + "-device virtio-mem-pci,id=vm0,memdev=mem0,node=0,requested-size=128M "
      + "-object memory-backend-ram,id=mem1,size=8G "
      + "-device virtio-mem-pci,id=vm1,memdev=mem1,node=1,requested-size=80M";
  private static final int MIB_SHIFT = 20;
  private static final String NODES = "/sys/devices/system/node/";
  private static final Pattern ANSWER = Pattern.compile("\"return\": (\\[.*\\])");

  private Guest guest;
  private HostedQmp qmp;

  @BeforeAll
  void boot() {
    GuestHost host = GuestHosts.find();
    int port = host.freePort();
    String options = LINE + " -qmp tcp:127.0.0.1:" + port + ",server=on,wait=off";
    guest = Guest.boot(host, GuestConfig.of(options.split(" ")).appending("lab.movable"));
    qmp = new HostedQmp(host.connect(port));
    qmp.say("qmp_capabilities", "");
  }

  @AfterAll
  void end() {
    if (qmp != null) {
      qmp.close();
    }
    if (guest != null) {
      guest.close();
    }
  }

  @Test
  @Order(1)
  void whatWasAskedForAtTheStartIsPlugged() {
    awaitSizes(128, 80);
    assertTrue(numa().contains("node 0 size: 2176 MB\nnode 0 plugged: 128 MB\n"), numa());
    assertTrue(numa().contains("node 1 size: 2128 MB\nnode 1 plugged: 80 MB"), numa());
    String log = guest.run("dmesg | grep virtio_mem");
    for (String part : List.of("plugged size: 0x0\n", "requested size: 0x8000000\n", "requested size: 0x5000000\n")) {
      assertTrue(Pattern.compile("virtio_mem virtio\\d: " + part).matcher(log).find(), log);
    }
    assertEquals("base memory: 4294967296\nplugged memory: " + (208L << MIB_SHIFT),
        guest.monitor("info memory_size_summary").strip());
  }

  @Test
  @Order(2)
  void theGuestHasItInTheNodesThatWereNamed() {
    assertEquals("0-1\n", guest.run("cat " + NODES + "online"));
    assertEquals("0-1\n2-3\n", guest.run("cat " + NODES + "node*/cpulist"));
    assertEquals("10 20\n20 10\n", guest.run("cat " + NODES + "node*/distance"));
    for (String block : List.of("node0/memory40", "node1/memory104")) { // their addresses, in blocks of 128 MiB
      guest.await(block + " in use", () -> guest.run("cat " + NODES + block + "/state").equals("online\n"));
    }
    assertEquals("140000000-147ffffff : System RAM (virtio_mem)\n340000000-347ffffff : System RAM (virtio_mem)\n",
        guest.run("grep 'virtio_mem)' /proc/iomem | sed 's/^ *//'"));
  }

  @Test
  @Order(3)
  void bothAreResizedAndTheNodesFollow() {
    long before = nodeKiB(1);
    assertEquals("", guest.monitor("qom-set vm1 requested-size 1G"));
    assertEquals("", guest.monitor("qom-set vm0 requested-size 64M"));
    awaitSizes(64, 1024);
    guest.await("all of it in use", () -> nodeKiB(1) - before > 880 << 10);
    assertTrue(numa().contains("node 0 plugged: 64 MB\n") && numa().contains("node 1 plugged: 1024 MB"), numa());
    assertEquals("Error: 'requested-size' cannot exceed the memory backend size(0x200000000)",
        guest.monitor("qom-set vm0 requested-size 9G").strip());
  }

  @Test
  @Order(4)
  void theHostHasBackWhatTheGuestUsed() {
    // On a processor of node 1: what can be moved goes to its ZONE_MOVABLE first.
    guest.run("taskset 8 dd if=/dev/zero of=/tmp/x bs=1M count=400 2> /dev/null; rm /tmp/x");
    long touched = guest.residentKiB();
    assertEquals("", guest.monitor("qom-set vm1 requested-size 64M"));
    awaitSizes(64, 64);
    long fell = touched - guest.residentKiB();
    assertTrue(fell > 300 << 10, fell + " KiB of 400 MiB, of which 64 may stay");
    assertEquals("", guest.run("dmesg | grep -E 'virtio_mem.*(error|fail)|BUG:|Oops'; true"));
  }

  /** Both monitors list both devices, as QEMU does. */
  private void awaitSizes(int first, int second) {
    List<Integer> mib = List.of(first, second);
    String shown = shown(0, "0x140000000", mib) + shown(1, "0x340000000", mib);
    guest.await(mib + " MiB",
        () -> guest.monitor("info memory-devices").replace("\r", "").strip().equals(shown.strip()));
    qmp.say("query-memory-devices", "");
    String answer = qmp.heard().await(ANSWER, Guest.PATIENCE).match().group(1);
    assertEquals("[" + device(0, 0x1_4000_0000L, mib) + ", " + device(1, 0x3_4000_0000L, mib) + "]", answer);
  }

  private static String shown(int number, String address, List<Integer> mib) {
    long bytes = (long) mib.get(number) << MIB_SHIFT;
    return """
        Memory device [virtio-mem]: "vm%d"
          memaddr: %s
          node: %d
          requested-size: %d
          size: %d
          max-size: 8589934592
          block-size: 2097152
          memdev: /objects/mem%d
        """.formatted(number, address, number, bytes, bytes, number);
  }

  private static String device(int number, long address, List<Integer> mib) {
    long bytes = (long) mib.get(number) << MIB_SHIFT;
    return ("{'type': 'virtio-mem', 'data': {'id': 'vm%d', 'memaddr': %d, 'requested-size': %d, 'size': %d, "
        + "'max-size': 8589934592, 'block-size': 2097152, 'node': %d, 'memdev': '/objects/mem%d'}}").replace('\'', '"')
        .formatted(number, address, bytes, bytes, number, number);
  }

  private String numa() { return guest.monitor("info numa").replace("\r", ""); }

  private long nodeKiB(int node) {
    return Long
        .parseLong(guest.run("grep MemTotal " + NODES + "node" + node + "/meminfo").replaceAll(".*: *| kB\\s*", ""));
  }
}
