package org.ballastvm.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.ballastvm.testkit.Guest;

/** What virtio_balloon does: each is a check of a guest of 512 MiB whose balloon has the id balloon0, and leaves it empty. */
final class BalloonScenarios {
  static final int FULL_MIB = 512;
  private static final int SMALL_MIB = 312;
  private static final int ROUNDS = 2;
  private static final long NOISE_KIB = 512;
  private static final String LOAD = "insmod /modules/*virtio_balloon.ko";

  private BalloonScenarios() {}

  private static String actual(Guest guest) { return guest.monitor("info balloon"); }

  private static void awaitActual(Guest guest, int mib) {
    guest.await(mib + " MiB", () -> actual(guest).equals("balloon: actual=" + mib));
  }

  /** A driver that loses a page with each request, of which this has 400, loses 1.6 MiB here. */
  static void whatIsTakenComesBackToThePage(Guest guest) {
    round(guest);
    long before = Look.freeKiB(guest);
    for (int i = 0; i < ROUNDS; i++) {
      round(guest);
    }
    long lost = before - Look.freeKiB(guest);
    assertTrue(lost < NOISE_KIB, lost + " KiB less are free after " + ROUNDS + " rounds of the balloon");
  }

  private static void round(Guest guest) {
    guest.balloon(SMALL_MIB);
    guest.balloon(FULL_MIB);
  }

  /** The second of its requests is not acknowledged: what it may not do until then is ask, or say, anything more. */
  static void eachRequestIsWaitedFor(Guest guest) {
    guest.inject("balloon0", "what=hold,queue=0,nth=2");
    guest.monitor("balloon " + SMALL_MIB);
    Look.awaitStrike(guest, "hold");
    guest.await("a driver that waits, or is done",
        () -> Look.isIn(guest, "tell_host") || actual(guest).endsWith("=" + SMALL_MIB));
    assertEquals("balloon: actual=511", actual(guest));
    guest.clearFaults();
    awaitActual(guest, SMALL_MIB);
    guest.balloon(FULL_MIB);
  }

  /** Files are read and written all the while, in most of what the guest has. */
  static void itGrowsUnderPressureAndNothingIsLost(Guest guest) {
    guest.run("dd if=/dev/urandom of=/tmp/keep bs=1M count=32 2> /dev/null");
    String kept = guest.run("md5sum /tmp/keep");
    Look.beginLoop(guest, "dd if=/dev/zero of=/tmp/hog bs=1M count=150 2> /dev/null");
    guest.balloon(320);
    guest.balloon(448);
    guest.balloon(320);
    Look.endLoop(guest);
    assertEquals(kept, guest.run("rm /tmp/hog; md5sum /tmp/keep"));
    guest.balloon(FULL_MIB);
    assertEquals(kept, guest.run("md5sum /tmp/keep; rm /tmp/keep"));
  }

  /** Linux empties the balloon first; the next driver finds the target, and fills it again. */
  static void itsDriverIsUnloadedWithAFullBalloonAndLoadedAgain(Guest guest) {
    long total = guest.memInfoKiB("MemTotal");
    guest.balloon(256);
    assertEquals(total - (256 << 10), guest.memInfoKiB("MemTotal"));
    guest.run("rmmod virtio_balloon");
    assertEquals("balloon: actual=" + FULL_MIB, actual(guest));
    assertEquals(total, guest.memInfoKiB("MemTotal"));
    guest.run(LOAD);
    awaitActual(guest, 256);
    guest.balloon(FULL_MIB);
    assertEquals(total, guest.memInfoKiB("MemTotal"));
  }

  /** Linux empties the balloon before it sleeps, and fills it again when the clock has woken it. */
  static void itIsFullAgainAfterSleep(Guest guest) {
    guest.balloon(256);
    guest.run("echo +8 > /sys/class/rtc/rtc0/wakealarm; echo freeze > /sys/power/state");
    awaitActual(guest, 256);
    guest.balloon(FULL_MIB);
  }

  /** What is reported to the host as free is used again at the same time. */
  static void reportsAndAHogDoNotGetInEachOthersWay(Guest guest) {
    guest.run("dd if=/dev/urandom of=/tmp/keep bs=1M count=32 2> /dev/null");
    String kept = guest.run("md5sum /tmp/keep");
    for (int i = 0; i < 3; i++) {
      guest.run("dd if=/dev/zero of=/tmp/hog bs=1M count=250 2> /dev/null; rm /tmp/hog");
      long used = guest.residentKiB();
      Look.beginLoop(guest, "dd if=/tmp/keep of=/tmp/copy bs=1M 2> /dev/null; md5sum < /tmp/copy >> /tmp/sums");
      guest.await("150 MiB of the guest's", () -> guest.residentKiB() < used - (150 << 10));
      guest.await("a copy", () -> guest.tryToRun("test -s /tmp/sums").status() == 0);
      Look.endLoop(guest);
    }
    assertEquals(kept, guest.run("md5sum /tmp/keep"));
    assertEquals("0\n",
        guest.run("grep -cv '^" + kept.split(" ")[0] + "' /tmp/sums; rm /tmp/sums /tmp/copy /tmp/keep"));
  }

  /** A run is stopped, the next one is not begun as its driver should, and one loses its driver; the one after that completes. */
  static void aRunOfHintsThatIsInterruptedIsFollowedByAWholeOne(Guest guest) {
    guest.run("dd if=/dev/zero of=/tmp/hog bs=1M count=200 2> /dev/null; rm /tmp/hog");
    assertEquals("", guest.monitor("free_page_hint start"));
    assertEquals("", guest.monitor("free_page_hint stop"));
    assertTrue(hints(guest).startsWith("free_page_hint: cancelled"), () -> hints(guest));
    guest.inject("balloon0", "what=done-early");
    assertEquals("", guest.monitor("free_page_hint start"));
    awaitEndOfHints(guest);
    guest.clearFaults();
    assertEquals("", guest.monitor("free_page_hint start"));
    guest.run("rmmod virtio_balloon");
    awaitEndOfHints(guest);
    guest.run(LOAD);
    long used = guest.residentKiB();
    guest.run("dd if=/dev/zero of=/tmp/hog bs=1M count=200 2> /dev/null; rm /tmp/hog");
    assertEquals("", guest.monitor("free_page_hint start"));
    awaitEndOfHints(guest);
    assertTrue(hints(guest).startsWith("free_page_hint: completed"), () -> hints(guest));
    assertTrue(guest.residentKiB() < used + (100 << 10), () -> hints(guest));
  }

  private static String hints(Guest guest) { return guest.monitor("free_page_hint status"); }

  private static void awaitEndOfHints(Guest guest) {
    guest.await("the end of a run",
        () -> !hints(guest).matches("(?s)free_page_hint: (requested|naming|giving back).*"));
  }

  /** Of a guest without deflate-on-oom: the balloon stays, and the process is killed that wants more than is left. */
  static void aProcessThatWantsTheBalloonsMemoryIsKilled(Guest guest) {
    guest.balloon(160);
    assertNotEquals(0, guest.tryToRun("tail /dev/zero").status());
    assertEquals("balloon: actual=160", actual(guest));
    guest.run("true");
    guest.balloon(FULL_MIB);
  }

  /** Of a guest with deflate-on-oom: the process has what it wants, and the balloon can be as large again when it has ended. */
  static void aProcessThatWantsTheBalloonsMemoryGetsIt(Guest guest) {
    guest.balloon(160);
    guest.run("dd if=/dev/zero of=/dev/null bs=200M count=1 2> /dev/null");
    guest.balloon(161);
    guest.balloon(FULL_MIB);
  }
}
