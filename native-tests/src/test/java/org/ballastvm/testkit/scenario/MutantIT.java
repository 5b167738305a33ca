package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.images.Kernel;
import org.ballastvm.testkit.BuiltModules;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.GuestTest;
import org.ballastvm.testkit.Kernels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** Linux's drivers with a bug put into them on purpose: the scenario that the true driver passes finds it. */
@GuestTest
@Tag("more")
class MutantIT {
  private static final String LEAKS = "balloon_leaks";
  private static final String TRUSTS = "balloon_trusts";
  private static final String IGNORES = "mem_ignores_busy";

  private static Guest boot(Kernel kernel, Path directory) throws IOException {
    Guest guest = Guest.start(GuestHosts.find(),
        BuiltModules.guest(kernel, "mutants", List.of(LEAKS, TRUSTS, IGNORES), directory),
        GuestConfig.of("-m", "512M,maxmem=4G", "-device", "virtio-balloon-pci,id=balloon0", "-object",
            "memory-backend-ram,id=mem0,size=1G", "-device", "virtio-mem-pci,id=vm0,memdev=mem0")
            .appending("lab.movable"));
    guest.awaitUp();
    return guest;
  }

  /** The one that ignores BUSY comes last, as it believes in memory that is not there. */
  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void theScenarioThatTheTrueDriverPassesFindsTheBug(Kernel kernel, @TempDir Path directory) throws IOException {
    try (Guest guest = boot(kernel, directory)) {
      assertFindsInBalloon(guest, LEAKS, BalloonScenarios::whatIsTakenComesBackToThePage);
      assertFindsInBalloon(guest, TRUSTS, BalloonScenarios::eachRequestIsWaitedFor);
      assertFinds(guest, "virtio_mem", IGNORES, MemScenarios::busyIsAskedAgainAndNothingIsTakenForPlugged);
    }
  }

  /** The true driver passes; then another takes its place, and is shown the door. */
  private static void assertFinds(Guest guest, String driver, String mutant, Consumer<Guest> scenario) {
    scenario.accept(guest);
    guest.run("rmmod " + driver + "; insmod /" + mutant + ".ko");
    AssertionError found = assertThrows(AssertionError.class, () -> scenario.accept(guest));
    System.out.println(guest.kernelRelease() + " " + mutant + ": " + found.getMessage());
    guest.clearFaults();
  }

  private static void assertFindsInBalloon(Guest guest, String mutant, Consumer<Guest> scenario) {
    assertFinds(guest, "virtio_balloon", mutant, scenario);
    guest.balloon(BalloonScenarios.FULL_MIB);
    guest.run("rmmod " + mutant + "; insmod /modules/*virtio_balloon.ko");
    assertEquals("", Look.trouble(guest));
  }
}
