package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.testkit.Boot;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestTest;
import org.ballastvm.testkit.Kernels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** ACPI's memory hotplug of several kernels, when it gets difficult. */
@GuestTest
@Tag("more")
class DimmScenarioIT {
  @BeforeAll
  static void makeDisk() { HostDisk.make(); }

  @AfterAll
  static void removeDisk() { HostDisk.remove(); }

  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void aDimmIsRefusedWithheldAndComesAgain(@Boot({"-m", "512,slots=4,maxmem=4G", "-drive", HostDisk.DRIVE, "-device",
      "virtio-blk-pci,id=blk0,drive=d0"}) Guest guest) {
    DimmScenarios.itComesToTheSameAddressAgain(guest);
    DimmScenarios.itGoesAsSoonAsAPinnedPageIsLetGo(guest);
    DimmScenarios.itsEjectIsWithheldAndDoneThen(guest);
    DimmScenarios.itGoesThoughItsReportsAreNotHeard(guest);
    DimmScenarios.itIsRefusedWhileTheKernelHasSomethingInIt(guest);
    assertEquals("", Look.trouble(guest));
  }
}
