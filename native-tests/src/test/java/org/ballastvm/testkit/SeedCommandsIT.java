package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lines that people wrote for QEMU, as they stand, on a machine that has not started: what needs no guest to answer is
 * answered with the same labels and values.
 */
@Tag("kvm")
@Timeout(600)
class SeedCommandsIT {
  private static final String TO_THE_MONITOR = "\1c";

  @TempDir
  private Path directory;

  @BeforeEach
  void makeGuest() throws IOException { Files.write(directory.resolve("guest"), KernelFiles.bzImage(4096)); }

  /** What the monitor said to lines typed at it, one behind the other. */
  private String ask(String options, String... lines) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-S", "-kernel", "guest", "-append", "x", "-nographic"));
    all.addAll(List.of(options.split(" ")));
    String input = TO_THE_MONITOR + String.join("\n", lines) + "\nquit\n";
    Launched launched = Launched.with(directory, input, all);
    assertEquals(0, launched.status(), launched.errors());
    return launched.output().replace("\r", "");
  }

  @Test
  void twoNodesEachHaveMemoryThatGrowsAndShrinks() throws Exception {
    String said = ask("-m 4G,maxmem=20G -smp sockets=2,cores=2 "
        + "-numa node,nodeid=0,cpus=0-1 -numa node,nodeid=1,cpus=2-3 "
        + "-object memory-backend-ram,id=mem0,size=8G "
        + "-device virtio-mem-pci,id=vm0,memdev=mem0,node=0,requested-size=128M "
        + "-object memory-backend-ram,id=mem1,size=8G "
        + "-device virtio-mem-pci,id=vm1,memdev=mem1,node=1,requested-size=80M",
        "info memory-devices", "qom-set vm1 requested-size 1G", "qom-set vm0 requested-size 64M",
        "info memory-devices", "info numa");
    assertTrue(said.contains(device(0, "0x140000000", 134217728) + device(1, "0x340000000", 83886080)), said);
    assertTrue(said.contains(device(0, "0x140000000", 67108864) + device(1, "0x340000000", 1073741824)), said);
    assertTrue(said.contains("2 nodes\nnode 0 cpus: 0 1\nnode 0 size: 2048 MB\nnode 0 plugged: 0 MB\n"), said);
  }

  /** As QEMU shows one; nothing is plugged before a driver does it. */
  private static String device(int number, String address, long requested) { return """
      Memory device [virtio-mem]: "vm%d"
        memaddr: %s
        node: %d
        requested-size: %d
        size: 0
        max-size: 8589934592
        block-size: 2097152
        memdev: /objects/mem%d
      """.formatted(number, address, number, requested, number); }

  @Test
  void aBalloonIsAskedAndItsStatisticsAreRead() throws Exception {
    String said = ask("-m 1G -device virtio-balloon-pci,id=balloon0", "balloon 512", "info balloon",
        "qom-set /machine/peripheral/balloon0 guest-stats-polling-interval 2",
        "qom-get /machine/peripheral/balloon0 guest-stats-polling-interval",
        "qom-get /machine/peripheral/balloon0 guest-stats");
    assertTrue(said.contains("balloon: actual=1024\n"), said);
    assertTrue(said.contains("guest-stats-polling-interval\n2\n"), said);
    assertTrue(said.contains("{\n    \"stats\": {\n        \"stat-"), said);
    assertTrue(said.contains("    },\n    \"last-update\": 0\n}\n"), said);
  }

  @Test
  void dimmsComeWithTheirMemory() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      lines.add("object_add memory-backend-ram,id=mem" + i + ",size=1G");
      lines.add("device_add pc-dimm,id=dimm" + i + ",memdev=mem" + i);
    }
    lines.addAll(List.of("info memory-devices", "object_del mem1", "device_del dimm1"));
    String said = ask("-m 4G,slots=32,maxmem=32G", lines.toArray(String[]::new));
    assertTrue(said.contains("""
        Memory device [dimm]: "dimm2"
          addr: 0x180000000
          slot: 1
          node: 0
          size: 1073741824
          memdev: /objects/mem2
          hotplugged: true
          hotpluggable: true
        Memory device [dimm]: "dimm3"
        """), said);
    assertEquals(1, said.split("Error: ", -1).length - 1, said);
    assertTrue(said.contains("Error: object 'mem1' is in use, can not be deleted"), said);
  }
}
