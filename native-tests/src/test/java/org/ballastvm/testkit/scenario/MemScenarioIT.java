package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.testkit.Boot;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestTest;
import org.ballastvm.testkit.Kernels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** virtio_mem of several kernels, when it gets difficult. */
@GuestTest
@Tag("more")
class MemScenarioIT {
  @BeforeAll
  static void makeDisk() { HostDisk.make(); }

  @AfterAll
  static void removeDisk() { HostDisk.remove(); }

  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void itAsksAgainWaitsForPinnedPagesAndOutlivesItsDriver(@Boot(value = {"-m", "512M,maxmem=4G", "-object",
      "memory-backend-ram,id=mem0,size=1G", "-device", "virtio-mem-pci,id=vm0,memdev=mem0", "-drive",
      HostDisk.DRIVE, "-device", "virtio-blk-pci,id=blk0,drive=d0"}, append = "lab.movable") Guest guest) {
    MemScenarios.busyIsAskedAgainAndNothingIsTakenForPlugged(guest);
    MemScenarios.whatIsRefusedIsAskedAgain(guest);
    MemScenarios.whatIsPinnedStaysUntilItIsLetGo(guest);
    MemScenarios.blocksGoOfflineUnderLoad(guest);
    MemScenarios.unloadedTheDriverLeavesItsMemoryInUse(guest);
    assertEquals("", Look.trouble(guest));
  }
}
