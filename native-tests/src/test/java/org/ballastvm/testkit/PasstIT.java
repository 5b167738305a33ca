package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A guest's network without root, by Debian's passt. */
@GuestTest
class PasstIT {
  private static final String LEASE = "printf '#!/bin/sh\\n[ \"$1\" != bound ] || { ip addr add $ip/$mask dev eth0;"
      + " ip route add default via $router; }\\n' > /tmp/lease && chmod +x /tmp/lease && ip link set lo up &&"
      + " ip link set eth0 up && udhcpc -i eth0 -n -q -t 10 -s /tmp/lease";

  private final GuestHost host = GuestHosts.find();

  @BeforeAll
  static void requirePasst() {
    boolean there = Files.exists(Path.of("/usr/bin/passt"));
    assertTrue(there || System.getenv("CI") == null, "CI needs passt");
    assumeTrue(there, "skipped: there is no passt: apt-get install passt");
  }

  private String onHost(String script) {
    return host.run(Guest.PATIENCE, HostedCommand.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + script));
  }

  /** passt wants a route to copy, also where this host is on no network. */
  @BeforeEach
  void giveTheHostARoute() {
    onHost("ip route show default | grep -q . || { ip tuntap add mode tap name outside0 &&"
        + " ip addr add 198.51.100.2/24 dev outside0 && ip link set outside0 up &&"
        + " ip route add default via 198.51.100.1; }");
  }

  @Test
  void aGuestReachesTheHostAndTheHostTheGuest() {
    int forwarded = host.freePort();
    int served = host.freePort();
    String busybox = GuestHosts.images().busyboxFile().toString();
    onHost("mkdir -p /tmp/p && head -c 8000000 /dev/urandom > /tmp/p/file");
    HostedProcess server = host
        .start(HostedCommand.of(busybox, "httpd", "-f", "-p", "127.0.0.1:" + served, "-h", "/tmp/p"));
    try (Guest guest = Guest.boot(host, GuestConfig.of("-m", "256", "-nic",
        "user,hostfwd=tcp:127.0.0.1:" + forwarded + "-:80"))) {
      guest.run(LEASE);
      String addresses = guest.run("ip addr show dev eth0");
      assertTrue(addresses.contains("10.0.2.15/24"), addresses);
      assertEquals(onHost("sha256sum < /tmp/p/file").strip(),
          guest.run("wget -q -O - http://10.0.2.2:" + served + "/file | sha256sum").strip());
      guest.run("mkdir /tmp/www && echo from the guest > /tmp/www/word && httpd -p 80 -h /tmp/www");
      assertEquals("from the guest\n", onHost(busybox + " wget -q -O - http://127.0.0.1:" + forwarded + "/word"));
      String network = guest.monitor("info network");
      assertTrue(network.contains("#nic0: index=0,type=user,net=10.0.2.0"), network);
    } finally {
      server.kill();
    }
  }

  @Test
  void whenPasstEndsTheGuestSeesItAndWhenTheMachineDoesPasstEnds() {
    Guest guest = Guest.boot(host, GuestConfig.of("-m", "256", "-nic", "user"));
    String children = "for each in /proc/[0-9]*/stat; do read -r pid name state parent rest < $each; [ \"$name\" != \"(passt)\" ]"
        + " && [ \"$name\" != \"(passt.avx2)\" ] || echo $pid; done";
    String pid = onHost(children).strip();
    assertTrue(pid.matches("[0-9]+"), "passt runs as " + pid);
    assertEquals("1", guest.run("ip link set eth0 up; cat /sys/class/net/eth0/carrier").strip());
    onHost("kill -9 " + pid);
    guest.await("the link to go", () -> guest.run("cat /sys/class/net/eth0/carrier").strip().equals("0"));
    assertTrue(guest.monitor("info network").contains("link=down"));
    guest.close();
    Guest other = Guest.boot(host, GuestConfig.of("-m", "256", "-nic", "user"));
    assertTrue(onHost(children).strip().matches("[0-9]+"));
    other.kill();
    other.awaitEnd();
    other.await("passt to end", () -> onHost(children).isBlank());
  }
}
