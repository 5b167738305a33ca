package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.testkit.Boot;
import org.ballastvm.testkit.Expect;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestTest;
import org.ballastvm.testkit.Kernels;
import org.ballastvm.testkit.verdict.VerdictKind;
import org.junit.jupiter.api.Tag;

/** virtio_balloon of several kernels, when it gets difficult. */
@GuestTest
@Tag("more")
class BalloonScenarioIT {
  private static final String BALLOON = "virtio-balloon-pci,id=balloon0";

  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void theBalloonGrowsUnderPressureAndItsDriverComesAndGoes(
      @Boot({"-m", "512", "-device", BALLOON + ",free-page-reporting=on,free-page-hint=on"}) Guest guest) {
    BalloonScenarios.whatIsTakenComesBackToThePage(guest);
    BalloonScenarios.eachRequestIsWaitedFor(guest);
    BalloonScenarios.itGrowsUnderPressureAndNothingIsLost(guest);
    BalloonScenarios.itsDriverIsUnloadedWithAFullBalloonAndLoadedAgain(guest);
    BalloonScenarios.itIsFullAgainAfterSleep(guest);
    BalloonScenarios.reportsAndAHogDoNotGetInEachOthersWay(guest);
    BalloonScenarios.aRunOfHintsThatIsInterruptedIsFollowedByAWholeOne(guest);
    assertEquals("", Look.trouble(guest));
  }

  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  @Expect(VerdictKind.OOM_KILL)
  void withoutDeflateOnOomAHungryProcessIsKilled(@Boot({"-m", "512", "-device", BALLOON}) Guest guest) {
    BalloonScenarios.aProcessThatWantsTheBalloonsMemoryIsKilled(guest);
    assertEquals("", Look.trouble(guest));
  }

  @Kernels({"debian:6.1-cloud", "debian:6.12-cloud", "debian:6.12-rt"})
  void withDeflateOnOomItGetsWhatItWants(@Boot({"-m", "512", "-device", BALLOON + ",deflate-on-oom=on"}) Guest guest) {
    BalloonScenarios.aProcessThatWantsTheBalloonsMemoryGetsIt(guest);
    assertEquals("", Look.trouble(guest));
  }
}
