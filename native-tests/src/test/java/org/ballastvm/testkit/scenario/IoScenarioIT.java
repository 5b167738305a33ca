package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.testkit.Boot;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestTest;
import org.ballastvm.testkit.Kernels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** virtio_blk, virtio_net, virtio_console and 9P of several kernels, while their devices go wrong. */
@GuestTest
@Tag("more")
class IoScenarioIT {
  private static final String WIRE = "dgram,local.type=unix,remote.type=unix,local.path=" + HostDisk.PLACE;
  private static final String PORT = "file,id=c0,path=" + HostDisk.PLACE + "/port";

  @BeforeAll
  static void makeDisk() { HostDisk.make(); }

  @AfterAll
  static void removeDisk() { HostDisk.remove(); }

  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void whatADiskACardAndAPortDoGoesOn(@Boot({"-m", "256", "-drive", HostDisk.DRIVE, "-device",
      "virtio-blk-pci,id=blk0,drive=d0", "-netdev", WIRE + "/a,remote.path=" + HostDisk.PLACE + "/b,id=n0", "-device",
      "virtio-net-pci,netdev=n0,id=net0,mac=52:54:00:00:00:01", "-netdev",
      WIRE + "/b,remote.path=" + HostDisk.PLACE + "/a,id=n1", "-device",
      "virtio-net-pci,netdev=n1,id=net1,mac=52:54:00:00:00:02", "-device", "virtio-serial-pci,id=vs0", "-chardev",
      PORT, "-device", "virtserialport,id=p0,bus=vs0.0,chardev=c0,name=p0"}) Guest guest) {
    IoScenarios.aDiskLosesNothing(guest);
    IoScenarios.aPortLosesNothing(guest);
    IoScenarios.wireTwoCards(guest);
    IoScenarios.aCardGoesOn(guest);
    IoScenarios.aCardThatNeedsAResetIsBoundAgain(guest);
    IoScenarios.aDiskIsPulledOut(guest);
    IoScenarios.isPulledOut(guest, "net1");
    IoScenarios.isPulledOut(guest, "vs0");
    assertEquals("", Look.trouble(guest));
  }

  /** Debian's cloud kernels have no 9P. */
  @Kernels({"debian:6.1", "debian:6.12", "debian:6.12-rt"})
  void whatAFolderDoesGoesOn(@Boot({"-m", "256", "-fsdev", "local,id=f0,path=/etc,security_model=none,readonly=on",
      "-device", "virtio-9p-pci,fsdev=f0,mount_tag=t0,id=fs0"}) Guest guest) {
    IoScenarios.aFolderGoesOn(guest);
    IoScenarios.isPulledOut(guest, "fs0");
    assertEquals("", Look.trouble(guest));
  }
}
