package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;
import org.ballastvm.testkit.Guest;

/**
 * What the drivers of disks, cards, ports and folders do: each is a check of a guest of {@link IoScenarioIT}. In what goes on after a
 * fault, nothing is lost but what the fault names.
 */
final class IoScenarios {
  private static final String READ = "dd if=/dev/vda of=/tmp/read bs=64k count=16 iflag=direct 2> /dev/null";
  private static final String PING = "ping -c 1 -W 10 10.0.0.2 > /dev/null";
  private static final String PORT = "/dev/port";

  private IoScenarios() {}

  private static void inBackground(Guest guest, String line) { guest.run("{ " + line + " & } 2> /dev/null"); }

  /**
   * What was written is read again, whatever comes late. A queue whose interrupt is lost stands still for whoever uses it: its driver
   * has asked for one interrupt (virtio 1.3, 2.7.7), and there is no second. Looked at again, it goes on.
   */
  static void aDiskLosesNothing(Guest guest) {
    guest.run("dd if=/dev/urandom of=/tmp/data bs=64k count=16 2> /dev/null");
    guest.inject("blk0", "what=delay,queue=0,ms=300");
    guest.run("dd if=/tmp/data of=/dev/vda bs=64k oflag=direct 2> /dev/null");
    Look.awaitStrike(guest, "delay");
    guest.clearFaults();
    guest.inject("blk0", "what=reorder,queue=0");
    guest.run("dd if=/dev/vda bs=8M count=1 iflag=direct 2> /dev/null | head -c 1048576 | cmp - /tmp/data"); // in several requests
    Look.awaitStrike(guest, "reorder");
    guest.clearFaults();
    guest.inject("blk0", "what=interrupt-late,vector=1,ms=300");
    guest.run(READ + "; cmp /tmp/data /tmp/read");
    Look.awaitStrike(guest, "interrupt-late");
    guest.clearFaults();
    guest.inject("blk0", "what=interrupt-lost,vector=1,nth=5");
    inBackground(guest, READ);
    Look.awaitStrike(guest, "interrupt-lost");
    inBackground(guest, "dd if=/dev/vda of=/dev/null bs=4k count=1 skip=1000 iflag=direct 2> /dev/null");
    assertEquals(2, guest.run("usleep 500000; pidof dd").split(" ").length);
    guest.inject("blk0", "what=interrupt-spurious,vector=1");
    guest.run("wait; cmp /tmp/data /tmp/read");
    guest.clearFaults();
  }

  /** Two cards on one wire, the second in a name space of its own. */
  static void wireTwoCards(Guest guest) {
    guest.run("{ unshare -n sleep 100000 & } 2> /dev/null; echo $! > /tmp/ns");
    String own = guest.run("readlink /proc/self/ns/net");
    guest.await("a name space", () -> !guest.run("readlink /proc/$(cat /tmp/ns)/ns/net").equals(own));
    guest.run("ip link set eth1 netns $(cat /tmp/ns)");
    upCard(guest, "", 0);
    upCard(guest, "nsenter -t $(cat /tmp/ns) -n ", 1);
    guest.run(PING);
  }

  private static void upCard(Guest guest, String where, int number) {
    guest.run(where + "ip addr add 10.0.0." + (number + 1) + "/24 dev eth" + number);
    guest.run(where + "ip link set eth" + number + " up");
  }

  /** What is lost on a wire is sent again by whoever wants it; what comes late comes. */
  static void aCardGoesOn(Guest guest) {
    for (String fault : new String[]{"delay,queue=0,ms=300", "interrupt-late,vector=1,ms=300", "drop,queue=0",
        "interrupt-lost,vector=1", "delay,queue=1,ms=300"}) {
      guest.inject("net0", "what=" + fault);
      guest.tryToRun("ping -c 1 -W 1 10.0.0.2 > /dev/null");
      Look.awaitStrike(guest, fault.replaceAll(",.*", ""));
      if (fault.startsWith("interrupt-lost")) {
        guest.inject("net0", "what=interrupt-spurious,vector=1");
      }
      guest.run(PING);
      guest.clearFaults();
    }
  }

  /** A card that wants a reset carries nothing; bound again, it does. */
  static void aCardThatNeedsAResetIsBoundAgain(Guest guest) {
    guest.inject("net0", "what=needs-reset");
    assertTrue(guest.tryToRun("ping -c 1 -W 1 10.0.0.2 > /dev/null").status() != 0);
    guest.run("d=$(basename $(readlink -f /sys/class/net/eth0/device)); cd /sys/bus/virtio/drivers/virtio_net;"
        + " echo $d > unbind; echo $d > bind; cd /");
    guest.await("the card", () -> guest.tryToRun("ls -d /sys/class/net/eth0").status() == 0);
    upCard(guest, "", 0);
    guest.run(PING);
  }

  /** virtio_console waits for each line that it sends, and for no interrupt. */
  static void aPortLosesNothing(Guest guest) {
    guest.run("ln -s /dev/vport*p1 " + PORT + "; echo first > " + PORT);
    guest.inject("vs0", "what=interrupt-lost,vector=1,count=0");
    guest.inject("vs0", "what=delay,ms=200");
    guest.run("for i in 1 2 3; do echo line $i > " + PORT + "; done");
    Look.awaitStrike(guest, "delay");
    guest.clearFaults();
    Pattern all = Pattern.compile("first\\nline 1\\nline 2\\nline 3\\n");
    guest.await("all lines", () -> all.matcher(HostDisk.onHost("cat " + HostDisk.PLACE + "/port")).matches());
  }

  /** Of a guest with a folder fs0, mounted on /m: what comes late comes, and a program waits while an interrupt is lost. */
  static void aFolderGoesOn(Guest guest) {
    guest.run("mkdir -p /m; mount -t 9p -o trans=virtio,ro t0 /m");
    String sum = guest.run("md5sum /m/services");
    guest.inject("fs0", "what=delay,queue=0,ms=100,count=5");
    guest.inject("fs0", "what=interrupt-late,vector=1,ms=100,nth=7");
    assertEquals(sum, guest.run("md5sum /m/services"));
    Look.awaitStrike(guest, "interrupt-late");
    guest.clearFaults();
    guest.inject("fs0", "what=interrupt-lost,vector=1,nth=3");
    inBackground(guest, "md5sum /m/services > /tmp/sum");
    Look.awaitStrike(guest, "interrupt-lost");
    guest.run("pidof md5sum");
    guest.inject("fs0", "what=interrupt-spurious,vector=1");
    assertEquals(sum, guest.run("wait; cat /tmp/sum"));
    guest.clearFaults();
  }

  /** A disk that is pulled out is gone for the guest, though Linux waits for ever for its device's reset. */
  static void aDiskIsPulledOut(Guest guest) {
    guest.inject("blk0", "what=remove");
    guest.await("the disk gone", () -> guest.tryToRun("ls /dev/vda 2> /dev/null").status() != 0);
    assertGoesOn(guest);
  }

  /** A device is pulled out: what does not use it goes on. */
  static void isPulledOut(Guest guest, String device) {
    guest.inject(device, "what=remove");
    assertGoesOn(guest);
  }

  private static void assertGoesOn(Guest guest) {
    assertEquals("alive\n", guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=50 2> /dev/null; rm /tmp/fill; sleep 1;"
        + " echo alive"));
  }
}
