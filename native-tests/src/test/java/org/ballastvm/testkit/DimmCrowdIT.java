package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LongSummaryStatistics;
import java.util.regex.Pattern;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.junit.jupiter.api.Test;

/**
 * More DIMMs than a machine has slots elsewhere, and rounds of one that comes and goes. System properties ballast.dimms (to
 * 256) and ballast.dimm.rounds (100) make them as many as a machine should bear; the default is what a test run bears.
 */
@GuestTest
class DimmCrowdIT {
  private static final int DIMMS = Integer.getInteger("ballast.dimms", 48);
  private static final int ROUNDS = Integer.getInteger("ballast.dimm.rounds", 4);
  private static final int PATTERN_MIB = 48;
  private static final long DIMM_KIB = 256 << 10;
  private static final long SLACK_KIB = 24 << 10;

  @Test
  void theLastDimmTakesNoLongerThanTwiceTheFirst() {
    GuestHost host = GuestHosts.find();
    int port = host.freePort();
    String[] options = {"-m", "1G,slots=256,maxmem=40G", "-qmp", "tcp:127.0.0.1:" + port + ",server=on,wait=off"};
    try (Guest guest = Guest.boot(host, GuestConfig.of(options)); HostedQmp qmp = new HostedQmp(host.connect(port))) {
      guest.run("echo offline > /sys/devices/system/memory/auto_online_blocks");
      say(qmp, "qmp_capabilities", "");
      long[] nanos = new long[DIMMS];
      for (int i = 0; i < DIMMS; i++) {
        say(qmp, "object-add", "\"qom-type\":\"memory-backend-ram\",\"id\":\"mem" + i + "\",\"size\":134217728");
        long start = System.nanoTime();
        say(qmp, "device_add", "\"driver\":\"pc-dimm\",\"id\":\"dimm" + i + "\",\"memdev\":\"mem" + i + "\"");
        qmp.heard().await(Pattern.compile("\"ACPI_DEVICE_OST\".*\"dimm" + i + "\".*\"status\": ?0\\b"),
            Guest.PATIENCE);
        nanos[i] = System.nanoTime() - start;
      }
      LongSummaryStatistics first = Arrays.stream(nanos, 0, DIMMS / 4).summaryStatistics();
      LongSummaryStatistics last = Arrays.stream(nanos, DIMMS - DIMMS / 4, DIMMS).summaryStatistics();
      System.out.println("DIMMs, nanoseconds each: of the first quarter " + first + ", of the last " + last);
      assertEquals(DIMMS, count(guest, "cat /sys/bus/acpi/devices/PNP0C80:*/status | grep -cx 15"));
      assertEquals(8 + DIMMS, count(guest, "ls -d /sys/devices/system/memory/memory[0-9]* | wc -l"));
      // What a plug takes is what the quickest took: others waited for what else the machine did.
      assertTrue(last.getMin() <= 2 * first.getMin(), Arrays.toString(nanos));
    }
  }

  private static void say(HostedQmp qmp, String command, String arguments) {
    qmp.say(command, arguments);
    // Events follow when the command is through; the answer comes before them.
    qmp.heard().await(Pattern.compile("\\{\"return\": ?\\{\\}\\}\\s"), Guest.PATIENCE);
  }

  private static int count(Guest guest, String command) { return Integer.parseInt(guest.run(command).strip()); }

  @Test
  void aDimmThatComesAndGoesAgainAndAgainLeavesNothingBehind(
      @Boot(value = {"-m", "512,slots=4,maxmem=4G"}, append = "lab.movable") Guest guest) {
    guest.run("dd if=/dev/urandom of=/tmp/piece bs=1M count=1 2> /dev/null");
    round(guest);
    String files = openFiles(guest);
    String tree = guest.monitor("info mtree");
    long size = hostKiB(guest, "VmSize");
    long resident = guest.residentKiB();
    for (int i = 0; i < ROUNDS; i++) {
      round(guest);
    }
    assertEquals(files, openFiles(guest));
    assertEquals(tree, guest.monitor("info mtree"));
    long grown = guest.residentKiB() - resident;
    assertTrue(grown < SLACK_KIB, "resident memory grew by " + grown + " KiB");
    long mapped = hostKiB(guest, "VmSize") - size;
    assertTrue(mapped < DIMM_KIB, "mappings grew by " + mapped + " KiB");
    System.out.println(ROUNDS + " rounds: resident memory grew by " + grown + " KiB, mappings by " + mapped + " KiB");
    assertEquals("",
        guest.run("dmesg | grep -i -e 'acpi.*error' -e 'acpi.*warn' -e 'eject' -e 'offline failed' || true"));
  }

  /** What is written goes to memory that can be moved first, which is the DIMM's; it is there when the DIMM is not. */
  private static void round(Guest guest) {
    long alone = guest.memInfoKiB("MemTotal");
    assertEquals("", guest.monitor("object_add memory-backend-ram,id=mem1,size=256M"));
    assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
    guest.await("the DIMM's memory", () -> guest.memInfoKiB("MemTotal") > alone + DIMM_KIB - SLACK_KIB);
    guest.run("i=0; while [ $i -lt " + PATTERN_MIB + " ]; do cat /tmp/piece; i=$((i+1)); done > /tmp/all");
    String sum = guest.run("md5sum /tmp/all");
    assertEquals("", guest.monitor("device_del dimm1"));
    guest.await("the DIMM gone", () -> guest.monitor("info memory-devices").isEmpty());
    assertEquals(alone, guest.memInfoKiB("MemTotal"));
    assertEquals("", guest.monitor("object_del mem1"));
    assertEquals(sum, guest.run("md5sum /tmp/all"));
    guest.run("rm /tmp/all");
  }

  private static String openFiles(Guest guest) {
    return guest.host().run(Guest.PATIENCE,
        HostedCommand.of("sh", "-c", "readlink /proc/" + guest.pid() + "/fd/* | tr -d '0-9' | sort"));
  }

  private static long hostKiB(Guest guest, String word) {
    String line = guest.host().run(Guest.PATIENCE, HostedCommand.of("grep", word, "/proc/" + guest.pid() + "/status"));
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
