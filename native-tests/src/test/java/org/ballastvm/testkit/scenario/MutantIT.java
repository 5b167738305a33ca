package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.KernelSource;
import org.ballastvm.testkit.BuiltModules;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.GuestTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Linux's drivers with a bug put into them on purpose: the scenario that the true driver passes finds it. */
@GuestTest
@Tag("more")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MutantIT {
  private static final String LEAKS = "balloon_leaks";
  private static final String TRUSTS = "balloon_trusts";
  private static final String IGNORES = "mem_ignores_busy";

  private Guest guest;

  @BeforeAll
  void boot(@TempDir Path directory) throws IOException {
    GuestImages images = GuestHosts.images();
    Kernel kernel = KernelSource.parse("debian:6.1-cloud").resolve(images);
    guest = Guest.start(GuestHosts.find(),
        BuiltModules.guest(kernel, "mutants", List.of(LEAKS, TRUSTS, IGNORES), directory),
        GuestConfig.of("-m", "512M,maxmem=4G", "-device", "virtio-balloon-pci,id=balloon0", "-object",
            "memory-backend-ram,id=mem0,size=1G", "-device", "virtio-mem-pci,id=vm0,memdev=mem0")
            .appending("lab.movable"));
    guest.awaitUp();
  }

  @AfterAll
  void end() {
    if (guest != null) {
      guest.close();
    }
  }

  /** The true driver passes; then another takes its place, and is shown the door. */
  private void assertFinds(String driver, String mutant, Consumer<Guest> scenario) {
    scenario.accept(guest);
    guest.run("rmmod " + driver + "; insmod /" + mutant + ".ko");
    AssertionError found = assertThrows(AssertionError.class, () -> scenario.accept(guest));
    System.out.println(mutant + ": " + found.getMessage());
    guest.clearFaults();
  }

  private void assertFindsInBalloon(String mutant, Consumer<Guest> scenario) {
    assertFinds("virtio_balloon", mutant, scenario);
    guest.balloon(BalloonScenarios.FULL_MIB);
    guest.run("rmmod " + mutant + "; insmod /modules/*virtio_balloon.ko");
    assertEquals("", Look.trouble(guest));
  }

  @Test
  @Order(1)
  void aPageThatEachInflateLeaksIsFound() {
    assertFindsInBalloon(LEAKS, BalloonScenarios::whatIsTakenComesBackToThePage);
  }

  @Test
  @Order(2)
  void aCompletionThatIsTakenForTwoIsFound() { assertFindsInBalloon(TRUSTS, BalloonScenarios::eachRequestIsWaitedFor); }

  /** Last, as it believes in memory that is not there. */
  @Test
  @Order(3)
  void busyThatIsIgnoredIsFound() {
    assertFinds("virtio_mem", IGNORES, MemScenarios::busyIsAskedAgainAndNothingIsTakenForPlugged);
  }
}
