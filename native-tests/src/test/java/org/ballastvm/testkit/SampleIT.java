package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The test that README.md and docs/testing.md show. */
@GuestTest
class SampleIT {
  @Test
  void theHostGetsMemoryBack(
      @Boot({"-m", "512", "-device", "virtio-balloon-pci,id=balloon0"}) Guest guest) {
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=300 && rm /tmp/fill");
    long before = guest.residentKiB();
    guest.balloon(256);
    assertTrue(before - guest.residentKiB() > 200 * 1024);
  }
}
