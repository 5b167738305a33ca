package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ballastvm.rig.HostedCommand;
import org.junit.jupiter.api.Test;

/**
 * Memory that guests give back, by every kind of memory that they can have: so much of it that what the JVM takes
 * meanwhile for itself is little beside it.
 */
@GuestTest
class BalloonIT {
  private static final String BALLOON = "virtio-balloon-pci,id=balloon0";

  @Test
  void aGuestOfTwoProcessorsIsSqueezedStoppedAndPoweredOff(
      @Boot({"-m", "512", "-smp", "2", "-device", BALLOON, "-device", "virtio-rng-pci"}) Guest guest) {
    assertEquals("2\n", guest.run("nproc"));
    String name = "grep -m 1 'model name' /proc/cpuinfo";
    assertEquals(guest.host().run(Guest.PATIENCE, HostedCommand.of("sh", "-c", name)), guest.run(name));
    new Squeeze(guest, 512, 256).check();

    assertEquals("virtio_rng.0\n", guest.run("cat /sys/class/misc/hw_random/rng_current"));
    assertEquals("64\n", guest.run("dd if=/dev/hwrng bs=64 count=1 2> /dev/null | wc -c"));

    assertEquals("", guest.monitor("stop"));
    assertEquals("VM status: paused", guest.monitor("info status"));
    assertEquals("", guest.monitor("cont"));
    assertEquals("yes\n", guest.run("echo yes"));

    guest.type("poweroff -f");
    assertEquals(0, guest.awaitEnd());
  }

  @Test
  void memoryAbove4GiBAndOfAMemfdIsGivenBack(@Boot({"-m", "5G", "-object",
      "memory-backend-memfd,id=ram,size=5G,share=on", "-machine", "memory-backend=ram", "-device",
      BALLOON}) Guest guest) {
    assertTrue(guest.memInfoKiB("MemTotal") > 4_700_000, "memory above 4 GiB is missing");
    new Squeeze(guest, 5120, 256).check();
  }

  @Test
  void anonymousSharedMemoryIsGivenBackByTheFallbackOfTheBindings(
      @Boot(value = {"-m", "512", "-object", "memory-backend-ram,id=ram,size=512M,share=on", "-machine",
          "memory-backend=ram", "-device", BALLOON}, jvmOptions = "-Dballast.native=jna") Guest guest) {
    new Squeeze(guest, 512, 256).check();
  }

  @Test
  void aSharedFileGetsHolesAndTheDriverDoesWithoutMessages(
      @Boot(value = {"-m", "512", "-object",
          "memory-backend-file,id=ram,size=512M,mem-path=/dev/shm/ballast-it,share=on", "-machine",
          "memory-backend=ram", "-device", BALLOON}, append = "pci=nomsi") Guest guest) {
    assertTrue(guest.run("cat /proc/interrupts").matches("(?s).*IO-APIC[^\n]*virtio.*"), "the balloon has no INTx");
    new Squeeze(guest, 512, 256).check();
    guest.balloon(256);
    long blocks = Long.parseLong(
        guest.host().run(Guest.PATIENCE, HostedCommand.of("stat", "-c", "%b", "/dev/shm/ballast-it")).strip());
    assertTrue(blocks * 512 <= 266L << 20, "the file still holds " + blocks + " blocks");
    guest.close();
    guest.host().run(Guest.PATIENCE, HostedCommand.of("rm", "/dev/shm/ballast-it"));
  }

  @Test
  void aGuestReportsHowItUsesItsMemory(@Boot({"-m", "256", "-device", BALLOON}) Guest guest) {
    guest.await("the statistics that Linux reports unasked", () -> statistic(guest, "last-update") > 0);
    long atStart = statistic(guest, "last-update");
    assertEquals("", guest.monitor("qom-set /machine/peripheral/balloon0 guest-stats-polling-interval 1"));
    guest.await("newer statistics", () -> statistic(guest, "last-update") > atStart);
    assertEquals(guest.memInfoKiB("MemTotal"), statistic(guest, "stat-total-memory") >> 10);

    long free = statistic(guest, "stat-free-memory");
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=64");
    guest.await("less free memory", () -> statistic(guest, "stat-free-memory") < free - (60L << 20));
  }

  private static long statistic(Guest guest, String name) {
    String stats = guest.monitor("qom-get /machine/peripheral/balloon0 guest-stats");
    Matcher value = Pattern.compile("\"" + name + "\": (\\d+)").matcher(stats);
    assertTrue(value.find(), stats);
    return Long.parseUnsignedLong(value.group(1));
  }

  @Test
  void whatAGuestFreesComesBackByItself(
      @Boot({"-m", "512", "-device", BALLOON + ",free-page-reporting=on"}) Guest guest) {
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=300");
    long before = guest.residentKiB();
    guest.run("rm /tmp/fill");
    guest.await("250 MiB of the guest's", () -> guest.residentKiB() < before - 250 * 1024);
    assertEquals("yes\n", guest.run("echo yes"));
  }

  @Test
  void whatAGuestHasFreeComesBackWhenItIsAsked(@Boot({"-m", "512", "-smp", "2", "-object", "iothread,id=io0", "-device",
      BALLOON + ",free-page-hint=on,iothread=io0"}) Guest guest) {
    guest.run("dd if=/dev/urandom of=/tmp/kept bs=1M count=48; dd if=/dev/zero of=/tmp/fill bs=1M count=250");
    String kept = guest.run("md5sum /tmp/kept");
    guest.run("rm /tmp/fill");
    long before = guest.residentKiB();
    assertEquals("", guest.monitor("free_page_hint start"));
    String busy = guest
        .run("for i in 1 2 3 4 5; do dd if=/tmp/kept of=/tmp/copy$i bs=1M 2> /dev/null; md5sum < /tmp/copy$i; done");
    guest.await("the end", () -> guest.monitor("free_page_hint status").startsWith("free_page_hint: completed"));
    System.out.println(guest.monitor("free_page_hint status"));

    guest.run("rm /tmp/copy*");
    assertEquals("", guest.monitor("free_page_hint start"));
    guest.await("the end", () -> guest.monitor("free_page_hint status").startsWith("free_page_hint: completed"));
    System.out.println(guest.monitor("free_page_hint status"));
    assertTrue(guest.residentKiB() < before - 200 * 1024, before + " KiB before, " + guest.residentKiB() + " after");
    assertEquals(kept, guest.run("md5sum /tmp/kept"));
    assertEquals((kept.split(" ")[0] + "  -\n").repeat(5), busy, "files that were written during the run");
    assertEquals("0\n", guest.run("dmesg | grep -cE 'BUG:|Bad page|corruption' || true"));
  }

  @Test
  void aGuestThatIsResetWithAFullBalloonGivesItAnewAndADimmMakesItLarger(
      @Boot(value = {"-m", "512,slots=2,maxmem=2G", "-device", BALLOON}, noReboot = false) Guest guest) {
    guest.balloon(200);
    assertEquals("", guest.monitor("system_reset"));
    guest.awaitUp();
    guest.await("a balloon as full as before", () -> guest.monitor("info balloon").equals("balloon: actual=200"));
    long total = guest.memInfoKiB("MemTotal");

    guest.monitor("object_add memory-backend-ram,id=mem1,size=256M");
    assertEquals("", guest.monitor("device_add pc-dimm,id=dimm1,memdev=mem1"));
    assertEquals("balloon: actual=456", guest.monitor("info balloon"));
    guest.balloon(768);
    assertTrue(guest.memInfoKiB("MemTotal") >= total + (312 << 10), () -> guest.monitor("info balloon -v"));
  }
}
