package org.ballastvm.vmm.policy;

import static org.ballastvm.vmm.policy.SimulatedGuest.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.policy.Decision.Hold;
import org.ballastvm.vmm.policy.Decision.Why;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests that live for minutes and hours, by a clock of the test. */
class BalloonPolicyTest {
  private final SimulatedGuest guest = new SimulatedGuest(4096);

  private void assertHolds(Why why) {
    assertEquals(why,
        assertInstanceOf(Hold.class, guest.decisions.getLast(), guest.decisions.getLast()::toString).why());
  }

  @Test
  void anIdleGuestShrinksToTheUpperMarkAndIsLeftThere() {
    guest.use(300).pass(120);
    assertEquals(guest.highMiB(), guest.availableMiB());
    int before = guest.actions().size();
    guest.pass(3600);
    assertEquals(before, guest.actions().size());
    assertHolds(Why.BETWEEN);
  }

  @ParameterizedTest
  @CsvSource({"128, 64", "256, 64", "1024, 64", "4096, 256", "65536, 1024", "1048576, 1024"})
  void marksFollowFromTheSizeOfTheGuest(long mebibytes, long low) {
    AutoBalloonConfig.Marks marks = AutoBalloonConfig.DEFAULTS.marks(mebibytes * MIB);
    assertEquals(new AutoBalloonConfig.Marks(low * MIB, 2 * low * MIB), marks);
  }

  @Test
  void aGuestThatIsNewIsLeftAloneAtFirst() {
    guest.use(300).pass(10);
    assertEquals(0, guest.actions().size());
    assertHolds(Why.BACKING_OFF);
    guest.pass(1);
    assertInstanceOf(Decision.Squeeze.class, guest.decisions.getLast());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void memoryIsTakenNoFasterThanTheRateAllows(int interval) {
    guest.use(300);
    guest.interval = interval;
    guest.rate = 16 * MIB;
    for (int i = 0; i < 400; i++) {
      guest.pass(1);
      assertTrue(guest.target <= guest.rate * Math.max(0, guest.seconds - 9 + interval), "at " + guest.seconds + " s");
    }
    assertEquals(guest.highMiB(), guest.availableMiB());
  }

  @Test
  void aHostThatIsShortOfMemoryHasItSoonerAndSomewhatMore() {
    guest.use(300);
    guest.rate = 16 * MIB;
    guest.host = new HostPressure.Known(35, 5);
    guest.pass(75);
    long middle = (guest.lowMiB() + guest.highMiB()) / 2;
    assertEquals(middle, guest.availableMiB());
    guest.host = new HostPressure.Known(0, 0);
    int before = guest.actions().size();
    guest.pass(3600);
    assertEquals(before, guest.actions().size(), "it is between the marks, and stays");
  }

  @Test
  void aHostThatReportsNoPressureIsTakenForOneThatHasEnough() {
    guest.host = new HostPressure.Unknown("no PSI");
    guest.use(300).pass(120);
    assertEquals(guest.highMiB(), guest.availableMiB());
  }

  @Test
  void whoNeedsMemoryHasItByTheNextLook() {
    guest.use(300).pass(120);
    guest.use(300 + guest.highMiB() - guest.lowMiB() / 2).pass(2);
    assertTrue(guest.availableMiB() >= guest.lowMiB(), guest.availableMiB() + " MiB");
    assertEquals(0, guest.hungrySeconds);
  }

  @Test
  void aGuestThatHasNextToNothingLeftGetsHalfOfTheBalloonAtOnce() {
    guest.use(300).pass(120);
    long before = guest.actual;
    guest.use(300 + guest.highMiB() - guest.lowMiB() / 4).pass(1);
    assertTrue(guest.target <= before / 2, guest.decisions.getLast()::toString);
  }

  @Test
  void aGuestThatStaysShortGetsEverMore() {
    guest.use(300).pass(120);
    guest.word = available -> 200 * MIB; // below the lower mark, whatever it was given
    guest.pass(10);
    assertEquals(0, guest.target);
  }

  /** The lower mark is what it can take until the next look. */
  @ParameterizedTest
  @ValueSource(ints = {20, 50, 100, 200, 250})
  void aProcessThatGrowsByNoMoreThanTheLowerMarkInASecondNeverWaits(int mebibytesPerSecond) {
    guest.use(300).pass(120);
    for (long use = 300; use < 4000; use += mebibytesPerSecond) {
      guest.use(use).pass(1);
    }
    assertEquals(0, guest.hungrySeconds, guest.decisions::toString);
  }

  @Test
  void aGuestThatTakesMemoryByItselfIsFollowedAndLeftAlone() {
    guest.use(300).pass(120);
    long before = guest.actual;
    guest.use(300 + guest.highMiB() + 400).pass(1); // more than there is, within a second
    assertTrue(guest.hungrySeconds > 0);
    assertTrue(guest.target < before - 400 * MIB, "the target is below what the guest has left in it");
    assertTrue(guest.pass(1) != null && guest.target <= guest.actual);
    guest.pass(8);
    assertEquals(0, guest.decisions.subList(guest.decisions.size() - 9, guest.decisions.size()).stream()
        .filter(Decision.Squeeze.class::isInstance).count());
    assertTrue(guest.availableMiB() >= guest.lowMiB(), guest.availableMiB() + " MiB");
  }

  @Test
  void aLoadThatComesAndGoesIsSqueezedEverMoreSeldom() {
    long[] squeezes = new long[4];
    for (int quarter = 0; quarter < 4; quarter++) {
      long before = guest.count(Decision.Squeeze.class);
      for (int i = 0; i < 30; i++) {
        guest.use(300).pass(20);
        guest.use(3000).pass(10);
      }
      squeezes[quarter] = guest.count(Decision.Squeeze.class) - before;
    }
    assertTrue(squeezes[3] * 4 <= squeezes[0], java.util.Arrays.toString(squeezes));
    guest.use(300).pass(1200);
    assertEquals(guest.highMiB(), guest.availableMiB(), "when the load stays away, the wait ends");
  }

  @Test
  void noiseBetweenTheMarksMovesNothing() {
    guest.use(300).pass(120);
    int before = guest.actions().size();
    long seed = 20261121;
    Random random = new Random(seed);
    for (int i = 0; i < 3600; i++) {
      guest.use(300 + random.nextInt((int) (guest.highMiB() - guest.lowMiB()))).pass(1);
    }
    assertEquals(before, guest.actions().size(), "seed " + seed);
  }

  @Test
  void aLittleMoreThanTheUpperMarkIsNotWorthABeginning() {
    guest.use(300).pass(120);
    int before = guest.actions().size();
    long slack = (guest.highMiB() - guest.lowMiB()) / 4;
    for (int i = 0; i < 600; i++) {
      guest.use(300 - i % slack).pass(1);
    }
    assertEquals(before, guest.actions().size());
    guest.use(300 - 2 * slack).pass(60);
    assertEquals(guest.highMiB(), guest.availableMiB(), "once begun, it goes on to the mark");
  }

  @Test
  void aDriverThatIsSlowIsNotAskedForMoreThanItGives() {
    guest.driverRate = 8 * MIB;
    guest.use(300);
    for (int i = 0; i < 600; i++) {
      guest.pass(1);
      assertTrue(guest.target - guest.actual <= 2 * guest.rate + guest.driverRate, "at " + guest.seconds + " s");
    }
    assertEquals(guest.highMiB(), guest.availableMiB());
  }

  @Test
  void aGuestThatCannotGiveIsAskedForNoMoreThanItGave() {
    guest.word = available -> 2048 * MIB; // so it says; the rest is none that its driver gets
    guest.use(300);
    guest.reserve = 3000 * MIB;
    guest.pass(600);
    assertTrue(guest.target <= guest.actual + 2 * guest.rate);
    assertTrue(guest.count(Decision.Follow.class) > 1);
    assertTrue(guest.count(Decision.Follow.class) < 12, "and ever more seldom");
  }

  @Test
  void oneRebootLaterNothingIsKnownAndAllMemoryIsTheGuests() {
    guest.use(300).pass(120);
    guest.reboot();
    assertEquals(0, guest.target);
    guest.pass(9);
    assertEquals(0, guest.target);
    guest.pass(120);
    assertEquals(guest.highMiB(), guest.availableMiB());
  }

  @Test
  void anIntervalThatTheUserChoseIsLivedWith() {
    guest.interval = 30;
    guest.use(300).pass(1800);
    assertEquals(guest.highMiB(), guest.availableMiB());
    guest.use(300 + guest.highMiB() - 10).pass(61);
    assertTrue(guest.availableMiB() >= guest.lowMiB(), guest.availableMiB() + " MiB");
  }
}
