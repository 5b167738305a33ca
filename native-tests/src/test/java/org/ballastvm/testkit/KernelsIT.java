package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.images.Kernel;
import org.junit.jupiter.api.Tag;

/** One test, and each kernel that it names is booted for it. */
@GuestTest
@Tag("more")
class KernelsIT {
  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud"})
  void eachSeriesIsBooted(@Boot({"-m", "192", "-device", "virtio-balloon-pci"}) Guest guest, Kernel kernel) {
    assertEquals(kernel.release(), guest.kernelRelease());
    guest.balloon(128);
  }

  @Kernels({"debian:6.1", "debian:6.12", "debian:6.12-rt"})
  void soAreStockKernelsAndRealtime(@Boot({"-m", "256", "-device", "virtio-balloon-pci"}) Guest guest, Kernel kernel) {
    assertEquals(kernel.release(), guest.kernelRelease());
    assertEquals(kernel.release().contains("-rt-"), guest.run("uname -v").contains("PREEMPT_RT"));
    guest.balloon(192);
    assertTrue(guest.run("lsmod").contains("virtio_balloon"));
  }
}
