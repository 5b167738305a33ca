package org.ballastvm.vmm.policy;

import static org.ballastvm.vmm.policy.SimulatedGuest.MIB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.vmm.policy.Decision.Hold;
import org.ballastvm.vmm.policy.Decision.Why;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guests that are silent, that lie, that suffer; and clocks that leap. */
class TroubledGuestTest {
  private final SimulatedGuest guest = new SimulatedGuest(4096);

  @BeforeEach
  void letItShrinkForAWhile() { guest.use(300).pass(30); }

  private void assertHolds(Why why) {
    assertEquals(why,
        assertInstanceOf(Hold.class, guest.decisions.getLast(), guest.decisions.getLast()::toString).why());
  }

  @Test
  void fromAGuestThatFallsSilentNothingMoreIsTaken() {
    guest.answers = false;
    guest.pass(1);
    long target = guest.target;
    guest.pass(600);
    assertEquals(target, guest.target);
    assertHolds(Why.SILENT);
    guest.answers = true;
    guest.pass(120);
    assertEquals(guest.highMiB(), guest.availableMiB());
  }

  @Test
  void aGuestThatFallsSilentHalfWayIsAskedForNoMoreThanItGave() {
    guest.driverRate = 0;
    guest.answers = false;
    guest.pass(10);
    assertEquals(guest.actual, guest.target);
  }

  @Test
  void aGuestThatTakesMemoryByItselfNeedNotSayAWordToBeFollowed() {
    guest.pass(90);
    guest.answers = false;
    guest.use(1200).pass(1);
    assertInstanceOf(Decision.Give.class, guest.decisions.getLast());
    assertTrue(guest.target < guest.actual);
  }

  @Test
  void aGuestThatNobodyAsksIsSaidToBe() {
    guest.interval = 0;
    guest.pass(10);
    assertHolds(Why.SILENT);
    assertTrue(guest.decisions.getLast().reason().contains("guest-stats-polling-interval is 0"));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MIN_VALUE, -2, 4097 * MIB, 1L << 50})
  void numbersThatCannotBeAreNotGoneBy(long available) {
    long target = guest.target;
    guest.word = real -> available;
    guest.pass(60);
    assertTrue(guest.target <= target);
    assertHolds(Why.IMPLAUSIBLE);
  }

  @Test
  void aGuestThatReportsNothingOfWhatIsAvailableIsLeftAlone() {
    guest.word = real -> BalloonStat.UNSET;
    guest.pass(1);
    long target = guest.target;
    guest.pass(60);
    assertEquals(target, guest.target);
    assertHolds(Why.UNREPORTED);
  }

  @Test
  void aGuestThatSaysItHasNothingGetsAllOfItsMemoryAndNoMore() {
    guest.word = real -> 0;
    guest.pass(30);
    assertEquals(0, guest.target);
    assertHolds(Why.EMPTY);
  }

  @Test
  void anyNumbersAtAllKeepTheTargetWithinTheGuest() {
    long seed = 4711;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      guest.word = real -> random.nextInt(3) == 0 ? random.nextLong() : random.nextLong(8192 * MIB);
      for (BalloonStat stat : BalloonStat.values()) {
        guest.counts.put(stat, random.nextLong());
      }
      guest.host = new HostPressure.Known(random.nextInt(100), random.nextInt(100));
      guest.clockOffset = random.nextLong();
      guest.use(random.nextInt(4096)).pass(1);
      assertTrue(guest.target >= 0 && guest.target <= guest.size - guest.highMiB() * MIB && guest.target % 4096 == 0,
          guest.target + ", seed " + seed);
    }
  }

  @Test
  void aProcessThatWasKilledForMemoryIsAnsweredWithMemory() {
    guest.pass(90);
    long target = guest.target;
    guest.oomKills++;
    assertInstanceOf(Decision.Give.class, guest.pass(1));
    assertTrue(guest.target < target);
    assertTrue(guest.decisions.getLast().reason().contains("killed 1 of its processes"));
  }

  @Test
  void aProcessThatDiedOfALimitOfItsOwnIsNoReason() {
    guest.config = guest.config.withLow(64 * MIB).withHigh(128 * MIB);
    guest.oomKills++;
    assertTrue(!(guest.pass(1) instanceof Decision.Give), guest.decisions.getLast()::toString);
  }

  @Test
  void aGuestThatReadsBackWhatItHadGetsSomeOfItAndIsLeftAlone() {
    long target = guest.target;
    guest.counts.put(BalloonStat.MAJOR_FAULTS, 0L);
    guest.pass(1);
    guest.counts.put(BalloonStat.MAJOR_FAULTS, 5000L);
    assertInstanceOf(Decision.Give.class, guest.pass(1));
    guest.pass(1);
    assertHolds(Why.BACKING_OFF);
    guest.counts.put(BalloonStat.MAJOR_FAULTS, 50_000L);
    long after = guest.target;
    guest.pass(1);
    assertEquals(after, guest.target, "nothing was taken since, so it is not the balloon's doing");
    assertTrue(after < target + 64 * MIB);
  }

  @Test
  void aMachineThatIsStoppedIsNotCalledSilent() {
    guest.running = false;
    guest.pass(600);
    assertHolds(Why.STOPPED);
    guest.running = true;
    guest.pass(1);
    assertTrue(!(guest.decisions.getLast() instanceof Hold hold) || hold.why() != Why.SILENT);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1_000_000_000_000L, 1_000_000_000_000L, -30_000_000_000L})
  void aClockThatLeapsTakesNoMoreAndStopsNothing(long leap) {
    long target = guest.target;
    guest.clockOffset = leap;
    guest.pass(1);
    assertTrue(guest.target - target <= 2 * guest.rate);
    guest.pass(120);
    assertEquals(guest.highMiB(), guest.availableMiB());
  }

  @Test
  void aWallClockThatGoesBackIsNoSilence() {
    guest.wallOffset -= 100_000;
    guest.pass(90);
    assertEquals(guest.highMiB(), guest.availableMiB());
    assertHolds(Why.BETWEEN);
  }

  @Test
  void aDriverInALoopOfTakingAndGivingGetsOutOfIt() {
    guest.pass(90);
    guest.reserve = 0;
    for (int i = 0; i < 60; i++) {
      guest.use(3000).pass(1); // what Firecracker's users saw hang: deflate-on-oom, and a process that wants more than there is
    }
    assertTrue(guest.hungrySeconds < 5, guest.hungrySeconds + " s");
    assertTrue(guest.target <= guest.actual);
    assertEquals(0, guest.oomKills);
  }
}
