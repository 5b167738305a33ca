package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
