package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Devices go wrong, and Linux's own drivers show it: one guest, a fault after the other. */
@Tag("more")
@GuestTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultIT {
  private static final String LINE = "-m 512,maxmem=4G -device virtio-balloon-pci,id=balloon0 "
      + "-object memory-backend-ram,id=mem0,size=1G -device virtio-mem-pci,id=vm0,memdev=mem0 "
      + "-device virtio-rng-pci,id=rng0 -device pvpanic-pci,id=card0 -fault rng0,what=interrupt-late,ms=1,vector=0";

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

  /** Where kernel threads of the guest stand, as far as they are in functions of a name. */
  private String stacks(String function) {
    return guest.run("cat /proc/[0-9]*/stack 2> /dev/null | grep -F '" + function + "' || true");
  }

  @Test
  @Order(1)
  void virtioMemAsksAgainAtOnceAfterNack() {
    assertTrue(faults().contains("what=interrupt-late,vector=0,ms=1: struck 0 times"), faults());
    guest.inject("vm0", "what=mem-nack,request=plug");
    guest.monitor("qom-set vm0 requested-size 32M");
    awaitPlugged(32);
    assertTrue(guest.monitor("info memory-devices -v").contains("ACK 1, NACK 1, BUSY 0, ERROR 0"));
  }

  /** It would try again by itself after 50 seconds; another size has it try at once. */
  @Test
  @Order(2)
  void virtioMemWaitsAfterBusyUntilItHasReasonToAskAgain() {
    guest.inject("vm0", "what=mem-busy,request=plug");
    guest.monitor("qom-set vm0 requested-size 64M");
    guest.await("the answer", () -> guest.monitor("info memory-devices -v").contains("BUSY 1"));
    awaitPlugged(32);
    guest.monitor("qom-set vm0 requested-size 96M");
    awaitPlugged(96);
    guest.clearFaults();
  }

  private void awaitPlugged(long mib) {
    guest.await(mib + " MiB", () -> guest.monitor("info memory-devices").contains("  size: " + (mib << 20)));
  }

  @Test
  @Order(3)
  void aReaderWaitsForAnInterruptThatIsLostAndGoesOnWithOneForNothing() {
    guest.inject("rng0", "what=interrupt-lost,vector=1,count=0");
    guest.run("dd if=/dev/hwrng of=/tmp/r bs=4096 count=1 2> /dev/null &");
    guest.await("a lost interrupt", () -> faults().contains("- interrupt-lost on occasion 1, vector 1"));
    assertEquals("dd waits\n", guest.run("usleep 200000; pidof dd > /dev/null && echo dd waits"));
    guest.clearFaults();
    guest.inject("rng0", "what=interrupt-spurious,vector=1");
    guest.await("the end of it", () -> guest.run("pidof dd || echo none").equals("none\n"));
  }

  @Test
  @Order(4)
  void theBalloonsDriverWaitsForAnAcknowledgementThatIsWithheld() {
    guest.inject("balloon0", "what=hold,queue=0");
    guest.monitor("balloon 448");
    guest.await("a driver that waits", () -> stacks("tell_host").contains("virtio_balloon"));
    assertEquals("balloon: actual=512", guest.monitor("info balloon"));
    guest.clearFaults();
    guest.await("the rest", () -> guest.monitor("info balloon").equals("balloon: actual=448"));
  }

  /** Linux's driver takes no notice; its sysfs shows the bit. */
  @Test
  @Order(5)
  void aBalloonThatNeedsAResetIsSeenToNeedIt() {
    guest.inject("balloon0", "what=needs-reset");
    assertTrue(guest.run("cat /sys/bus/virtio/devices/*/status").contains("0x0000004f"));
    guest.monitor("balloon 400");
    assertEquals("balloon: actual=448", guest.monitor("info balloon"));
  }

  @Test
  @Order(6)
  void aCardThatIsPulledOutIsGoneForTheGuest() {
    String devices = "ls /sys/bus/pci/devices";
    assertTrue(guest.run(devices).contains("0000:00:04.0"));
    guest.inject("card0", "what=remove");
    guest.await("the card's end", () -> !guest.run(devices).contains("0000:00:04.0"));
  }

  /** Found by this: Linux 6.1 waits for a reset of a virtio device that is not there, for ever. */
  @Test
  @Order(7)
  void aVirtioDeviceThatIsPulledOutKeepsLinuxWaitingForItsReset() {
    guest.inject("rng0", "what=remove");
    guest.await("a reset", () -> stacks("vp_reset").contains("virtio_pci"));
    assertEquals("", guest.run("dmesg | grep -E 'BUG:|Oops' || true"));
  }
}
