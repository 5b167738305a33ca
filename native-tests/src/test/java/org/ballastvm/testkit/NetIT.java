package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.Test;

/** Linux guests on wires: to each other, to the host by passt, to the host by a tap. */
@GuestTest
class NetIT {
  private static final String CARD = "virtio-net-pci,netdev=n,id=net0";
  /** How often a card comes and goes. */
  private static final int PLUGS = Integer.getInteger("ballast.net.plugs", 20);
  private static final int MIB = 24;
  /** Whatever a random file holds that is as long. */
  private static final String MAKE = "dd if=/dev/urandom of=/tmp/www/file bs=1M count=" + MIB + " 2> /dev/null";

  private final GuestHost host = GuestHosts.find();

  private Guest boot(String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "-m";
    all[1] = "256";
    System.arraycopy(options, 0, all, 2, options.length);
    return Guest.boot(host, GuestConfig.of(all));
  }

  private String onHost(String script) {
    return host.run(Guest.PATIENCE, HostedCommand.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + script));
  }

  private static void up(Guest guest, String address) {
    guest.run("ip link set lo up && ip addr add " + address + "/24 dev eth0 && ip link set eth0 up");
  }

  /** The file that one end serves comes to the other whole. */
  private static void assertFetched(String sums) {
    String[] lines = sums.strip().split("\\s*\\n");
    assertEquals(2, lines.length, sums);
    assertEquals(lines[0].split(" ")[0], lines[1].split(" ")[0], sums);
  }

  @Test
  void twoGuestsReachEachOtherOverAWire() {
    int port = host.freePort();
    try (Guest one = boot("-netdev", "socket,id=n,listen=127.0.0.1:" + port, "-device", CARD);
        Guest two = boot("-netdev", "socket,id=n,connect=127.0.0.1:" + port, "-device",
            CARD + ",mac=52:54:00:00:00:02")) {
      up(one, "10.1.0.1");
      up(two, "10.1.0.2");
      one.run("ping -c 3 -W 10 10.1.0.2");
      one.run("mkdir /tmp/www && " + MAKE + " && httpd -p 80 -h /tmp/www");
      String there = one.run("sha256sum /tmp/www/file");
      assertFetched(there + two.run("wget -q -O - http://10.1.0.1/file | sha256sum"));
      one.run("ping -c 1 -W 10 -s 1400 10.1.0.2");
      assertEquals("", one.run("dmesg | grep -i -e 'virtio.*error' -e 'bad gso' -e 'hw csum' || true"));
      String network = two.monitor("info network");
      assertTrue(network.contains("net0: index=0,type=nic,model=virtio-net-pci,macaddr=52:54:00:00:00:02"), network);
      assertLinkFollows(one, two);
    }
  }

  private static void assertLinkFollows(Guest one, Guest two) {
    String carrier = "cat /sys/class/net/eth0/carrier";
    one.monitor("set_link net0 off");
    one.await("the link to go", () -> one.run(carrier).strip().equals("0"));
    assertFalse(one.tryToRun("ping -c 1 -W 1 10.1.0.2").status() == 0);
    one.monitor("set_link net0 on");
    one.await("the link to come", () -> one.run(carrier).strip().equals("1"));
    one.run("ping -c 3 -W 10 10.1.0.2");
    two.kill();
    two.awaitEnd();
    one.await("the link to go with its other end", () -> one.run(carrier).strip().equals("0"));
  }

  @Test
  void aTapCarriesLargeSegmentsBothWays() {
    HostedProcess server = null;
    onHost("ip tuntap add mode tap name bnet0 && ip addr add 10.3.0.1/24 dev bnet0 && ip link set bnet0 up");
    try (Guest guest = boot("-netdev", "tap,id=n,ifname=bnet0", "-device", CARD)) {
      up(guest, "10.3.0.2");
      guest.run("ping -c 3 -W 10 10.3.0.1");
      guest.run("mkdir /tmp/www && " + MAKE + " && httpd -p 80 -h /tmp/www");
      String busybox = GuestHosts.images().busyboxFile().toString();
      assertFetched(guest.run("sha256sum /tmp/www/file")
          + onHost(busybox + " wget -q -O - http://10.3.0.2/file | sha256sum"));
      onHost("mkdir -p /tmp/www && " + MAKE);
      server = host.start(HostedCommand.of(busybox, "httpd", "-f", "-p", "10.3.0.1:8099", "-h", "/tmp/www"));
      assertFetched(onHost("sha256sum /tmp/www/file") + guest.run("until wget -q -O /tmp/got http://10.3.0.1:8099/file;"
          + " do usleep 100000; done; sha256sum /tmp/got"));
      assertEquals("", guest.run("dmesg | grep -i -e 'virtio.*error' -e 'bad gso' -e 'hw csum' || true"));
    } finally {
      if (server != null) {
        server.kill();
      }
      onHost("ip link del bnet0");
    }
  }

  @Test
  void theKernelMovesFramesWhileADimmComes() {
    HostedProcess server = null;
    onHost("ip tuntap add mode tap name bnet1 && ip addr add 10.4.0.1/24 dev bnet1 && ip link set bnet1 up");
    try (Guest guest = Guest.boot(host, GuestConfig.of("-m", "256M,slots=2,maxmem=1G", "-netdev",
        "tap,id=n,ifname=bnet1,vhost=on", "-device", CARD))) {
      up(guest, "10.4.0.2");
      guest.run("ping -c 3 -W 10 10.4.0.1");
      assertTrue(guest.monitor("info virtio-status /machine/peripheral/net0/virtio-backend")
          .matches("(?s).*vhost_started: +true.*"));
      String busybox = GuestHosts.images().busyboxFile().toString();
      onHost("mkdir -p /tmp/www && " + MAKE);
      server = host.start(HostedCommand.of(busybox, "httpd", "-f", "-p", "10.4.0.1:8098", "-h", "/tmp/www"));
      guest.run("until wget -q -O /dev/null http://10.4.0.1:8098/file; do usleep 100000; done");
      guest.run("{ for i in 1 2 3 4 5 6; do wget -q -O - http://10.4.0.1:8098/file | sha256sum; done > /tmp/sums;"
          + " touch /tmp/fetched; } > /dev/null 2>&1 < /dev/null &");
      long before = guest.memInfoKiB("MemTotal");
      guest.monitor("object_add memory-backend-ram,id=mem1,size=256M");
      assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
      guest.await("the DIMM", () -> guest.memInfoKiB("MemTotal") > before + (200 << 10));
      assertEquals("", guest.monitor("stop"));
      assertEquals("", guest.monitor("cont"));
      guest.await("six files", () -> guest.tryToRun("test -e /tmp/fetched").status() == 0);
      String sums = guest.run("sort -u /tmp/sums");
      assertFetched(onHost("sha256sum /tmp/www/file") + sums);
      assertEquals("6", guest.run("wc -l < /tmp/sums").strip());
      guest.run("mkdir -p /tmp/www && " + MAKE + " && httpd -p 80 -h /tmp/www");
      assertFetched(guest.run("sha256sum /tmp/www/file")
          + onHost(busybox + " wget -q -O - http://10.4.0.2/file | sha256sum"));
      assertEquals("", guest.run("dmesg | grep -i -e 'virtio.*error' -e 'bad gso' -e 'hw csum' || true"));
    } finally {
      if (server != null) {
        server.kill();
      }
      onHost("ip link del bnet1");
    }
  }

  @Test
  void theKernelLetsGoOfACardAndHasItAgain() {
    onHost("ip tuntap add mode tap name bnet2 && ip addr add 10.5.0.1/24 dev bnet2 && ip link set bnet2 up");
    String ping = "ping -c 3 -W 10 10.5.0.1";
    try (Guest guest = Guest.boot(host, new GuestConfig(List.of("-m", "256", "-netdev",
        "tap,id=n,ifname=bnet2,vhost=on", "-device", CARD), "pci=nomsi", DebianFlavour.CLOUD, "", List.of(), false))) {
      up(guest, "10.5.0.2");
      guest.run(ping); // By the pin.
      guest.monitor("system_reset");
      guest.awaitUp();
      up(guest, "10.5.0.2");
      guest.run(ping);
      guest.monitor("set_link net0 off");
      guest.await("the link to go", () -> guest.run("cat /sys/class/net/eth0/carrier").strip().equals("0"));
      guest.monitor("set_link net0 on");
      guest.await("the link to come", () -> guest.run("cat /sys/class/net/eth0/carrier").strip().equals("1"));
      guest.run(ping);
      for (int i = 0; i < 3; i++) {
        assertEquals("", guest.monitor("device_del net0"));
        guest.await("the card to go", () -> !guest.monitor("info network").contains("net0"));
        assertEquals("", guest.monitor("device_add " + CARD));
        guest.await("the card", () -> guest.tryToRun("test -e /sys/class/net/eth0").status() == 0);
        up(guest, "10.5.0.2");
        guest.run(ping);
      }
      assertEquals("", guest.run("dmesg | grep -i -e 'virtio.*error' -e 'nobody cared' || true"));
    } finally {
      onHost("ip link del bnet2");
    }
  }

  @Test
  void cardsComeAndGo() {
    try (Guest guest = boot()) {
      guest.run("ip link set lo up");
      int port = host.freePort();
      for (int i = 0; i < PLUGS; i++) {
        assertEquals("", guest.monitor("netdev_add socket,id=n,listen=127.0.0.1:" + port));
        assertEquals("", guest.monitor("device_add " + CARD));
        guest.run("until ip link set eth0 up 2> /dev/null; do usleep 10000; done");
        assertTrue(guest.monitor("netdev_del n").contains("in use by net0"));
        assertEquals("", guest.monitor("device_del net0"));
        guest.await("the card to go", () -> !guest.monitor("info network").contains("net0"));
        assertEquals("", guest.monitor("netdev_del n"));
      }
      assertEquals("", guest.monitor("info network"));
      assertEquals("", guest.run("dmesg | grep -i -e 'acpi.*error' -e 'pci.*fail' -e 'virtio.*error' || true"));
    }
  }
}
