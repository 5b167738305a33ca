package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Devices go wrong, and Linux's own drivers say so: one guest, a fault after the other. */
@GuestTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultIT {
  private static final String LINE = "-m 512,slots=2,maxmem=4G -device virtio-balloon-pci,id=balloon0 "
      + "-object memory-backend-ram,id=mem0,size=1G -device virtio-mem-pci,id=vm0,memdev=mem0 "
      + "-object memory-backend-ram,id=mem1,size=128M -device virtio-rng-pci,id=rng0 -device pvpanic-pci,id=card0";

  private Guest guest;

  @BeforeAll
  void boot() { guest = Guest.boot(GuestHosts.find(), GuestConfig.of(LINE.split(" ")).appending("lab.movable")); }

  @AfterAll
  void end() {
    if (guest != null) {
      guest.close();
    }
  }

  private String faults() { return guest.monitor("info faults").replace("\r", ""); }

  private String log(String pattern) { return guest.run("dmesg | grep -E '" + pattern + "' || true"); }

  @Test
  @Order(1)
  void probe() {
    System.err.println(guest.run("lsmod; ls /sys/bus/pci/devices/; ls /sys/bus/virtio/drivers /sys/bus/pci/drivers; cat /sys/class/misc/hw_random/rng_current; ls -l /sys/bus/pci/devices/*/driver; cat /proc/interrupts; uname -r"));
  }

  @Test
  @Order(2)
  void virtioMemRetries() {
    guest.inject("vm0", "what=mem-busy,request=plug,count=2");
    guest.inject("vm0", "what=mem-nack,request=plug,nth=3");
    guest.monitor("qom-set vm0 requested-size 64M");
    guest.await("plugged", () -> guest.monitor("info memory-devices").contains("  size: 67108864"));
    System.err.println(faults());
    System.err.println(log("virtio_mem"));
    System.err.println(guest.monitor("info memory-devices -v"));
  }

  @Test
  @Order(3)
  void lostInterrupt() {
    guest.inject("rng0", "what=interrupt-lost,vector=1,count=0");
    guest.run("(dd if=/dev/hwrng of=/tmp/r bs=16 count=1 iflag=fullblock 2>/tmp/rerr; echo rc $? >> /tmp/rerr) & sleep 2");
    System.err.println(faults() + guest.run("cat /tmp/rerr /proc/interrupts; cat /proc/$(pidof dd)/stack || true"));
    guest.clearFaults();
    guest.inject("rng0", "what=interrupt-spurious,vector=1");
    guest.run("sleep 1");
    System.err.println(faults() + guest.run("cat /tmp/rerr"));
  }

  @Test
  @Order(4)
  void heldAck() {
    guest.clearFaults();
    guest.inject("balloon0", "what=hold,queue=0");
    guest.monitor("balloon 400");
    guest.run("sleep 2");
    System.err.println(faults() + guest.monitor("info balloon") + guest.run("ps | grep -i kworker; for p in $(pidof kworker) /proc/[0-9]*; do grep -q kworker $p/comm && grep -l -E 'balloon' $p/stack && cat $p/stack; done || true"));
    guest.clearFaults();
    guest.await("balloon", () -> guest.monitor("info balloon").equals("balloon: actual=400"));
  }

  @Test
  @Order(5)
  void needsReset() {
    guest.inject("balloon0", "what=needs-reset");
    guest.run("sleep 1");
    System.err.println(faults() + guest.monitor("info virtio-status /machine/peripheral/balloon0/virtio-backend") + guest.run("dmesg | tail -5; cat /sys/bus/virtio/devices/*/status"));
  }

  @Test
  @Order(6)
  void surprise() {
    guest.inject("card0", "what=remove");
    guest.run("sleep 1");
    System.err.println(guest.run("dmesg | tail -5; ls /sys/bus/pci/devices/"));
    guest.inject("rng0", "what=remove");
    guest.run("sleep 1");
    System.err.println(guest.run("dmesg | tail -5; ls /sys/bus/pci/devices/; for p in /proc/[0-9]*; do grep -q vp_ $p/stack && cat $p/stack; done || true"));
  }
}
