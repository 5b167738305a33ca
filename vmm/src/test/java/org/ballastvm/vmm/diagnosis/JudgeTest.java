package org.ballastvm.vmm.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.ballastvm.virtio.mem.MemConfig;
import org.ballastvm.virtio.mem.MemTrace;
import org.ballastvm.virtio.mem.MemTrace.Answers;
import org.ballastvm.vmm.event.Obstacle;
import org.junit.jupiter.api.Test;

/** What is made of what was seen, given as traces of Linux's driver as its sources have it. */
class JudgeTest {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long SECOND = 1_000_000_000L;
  private static final Answers NONE = new Answers(0, 0, 0, 0);

  private static MemConfig device(long base, long size) {
    return new MemConfig(base, size, 2 * MIB, 0, true, MemConfig.Inaccessible.AUTO, 0);
  }

  private static MemTrace trace(long wanted, long plugged, Answers answers, String last, long returned) {
    return new MemTrace(wanted, plugged, wanted > plugged ? 0 : 4 * GIB, 70 * SECOND, true, answers, last,
        70 * SECOND, 70 * SECOND, returned);
  }

  private static MemTrace silent(long wanted, long plugged) {
    return trace(wanted, plugged, new Answers(9, 0, 0, 0), wanted > plugged ? "PLUG ACK" : "UNPLUG ACK", 0);
  }

  private static Verdict judge(MemTrace trace) { return judge(trace, DriverState.BOUND, OptionalLong.empty()); }

  private static Verdict judge(MemTrace trace, DriverState driver, OptionalLong available) {
    return Judge.of(new Symptoms(device(4 * GIB, 8 * GIB), trace, driver, true, available));
  }

  @Test
  void withoutADriverNothingElseMatters() {
    MemTrace trace = trace(GIB, 0, NONE, "", 0);
    assertEquals(Obstacle.NO_DRIVER, judge(trace, DriverState.NONE, OptionalLong.of(0)).cause());
    assertEquals(Obstacle.DRIVER_FAILED, judge(trace, DriverState.FAILED, OptionalLong.empty()).cause());
    assertEquals(Obstacle.DEVICE_STOPPED, judge(trace, DriverState.STOPPED, OptionalLong.empty()).cause());
    Verdict stopped = Judge
        .of(new Symptoms(device(4 * GIB, 8 * GIB), trace, DriverState.NONE, false, OptionalLong.empty()));
    assertEquals(Obstacle.MACHINE_STOPPED, stopped.cause());
  }

  @Test
  void aGuestThatJustGotOrAskedForABlockIsAtIt() {
    MemTrace busy = new MemTrace(4 * GIB, GIB, 0, 500 * SECOND, true, new Answers(99, 0, 0, 0), "PLUG ACK", SECOND,
        SECOND, 0);
    assertEquals(new Verdict(Obstacle.UNDER_WAY, true, "the guest is at it"), judge(busy));
  }

  @Test
  void aDriverThatNeverLookedHangs() {
    MemTrace never = new MemTrace(GIB, 0, 0, 70 * SECOND, false, NONE, "", 70 * SECOND, 70 * SECOND, 0);
    Verdict verdict = judge(never);
    assertEquals(Obstacle.NO_ANSWER, verdict.cause());
    assertTrue(verdict.reason().contains("for 70 s"), verdict.reason());
  }

  @Test
  void aBlockThatIsPluggedAndReturnedHadNoRoomForItsMemmap() {
    Verdict verdict = judge(trace(5 * GIB, GIB, new Answers(10, 0, 0, 0), "UNPLUG ACK", 128 * MIB));
    assertEquals(Obstacle.NO_ROOM_FOR_MEMMAP, verdict.cause());
    assertTrue(verdict.trying());
    assertTrue(verdict.reason().contains("128 MiB and gave it back") && verdict.reason().contains("needs 64 MiB"),
        verdict.reason());
  }

  @Test
  void aGuestThatSaysItHasNothingAvailableHasNoRoomEither() {
    Verdict verdict = judge(silent(5 * GIB, 512 * MIB), DriverState.BOUND, OptionalLong.of(MIB));
    assertEquals(Obstacle.NO_ROOM_FOR_MEMMAP, verdict.cause());
    assertTrue(verdict.reason().contains("1 MiB available"), verdict.reason());
  }

  @Test
  void aGibibyteAndSilenceIsMemoryThatNobodyBringsOnline() {
    Verdict verdict = judge(silent(4 * GIB, GIB));
    assertEquals(Obstacle.NOT_BROUGHT_ONLINE, verdict.cause());
    assertFalse(verdict.trying());
    assertEquals(Obstacle.UNKNOWN, judge(silent(4 * GIB, 512 * MIB)).cause());
  }

  @Test
  void silenceWhileItShouldShrinkIsMemoryThatCannotMove() {
    Verdict verdict = judge(silent(GIB, 3 * GIB));
    assertEquals(Obstacle.CANNOT_BE_FREED, verdict.cause());
    assertTrue(verdict.trying());
    assertTrue(verdict.reason().contains("keeps 2 GiB") && verdict.reason().contains("given back 1 GiB"),
        verdict.reason());
  }

  @Test
  void lessThanAStepOfTheDriverIsNeverPlugged() {
    assertEquals(Obstacle.BELOW_GRANULARITY, judge(silent(66 * MIB, 64 * MIB)).cause());
    assertEquals(Obstacle.BELOW_GRANULARITY, judge(silent(62 * MIB, 64 * MIB)).cause());
  }

  @Test
  void aDriverThatStandsBetweenItsStepsHasSmallerOnes() {
    assertEquals(Obstacle.CANNOT_BE_FREED, judge(silent(64 * MIB, 66 * MIB)).cause());
    assertEquals(Obstacle.UNKNOWN, judge(silent(68 * MIB, 66 * MIB)).cause());
  }

  @Test
  void aCrashKernelAsksForTheStateAlone() {
    MemTrace dump = new MemTrace(0, GIB, GIB, 70 * SECOND, false, new Answers(99, 0, 0, 0), "STATE PLUGGED",
        70 * SECOND, 70 * SECOND, 0);
    Verdict verdict = judge(dump);
    assertEquals(Obstacle.NO_ANSWER, verdict.cause());
    assertTrue(verdict.reason().contains("a crash kernel runs"), verdict.reason());
  }

  @Test
  void aRegionThatDoesNotEndAtAMemoryBlockIsNeverWholeInTheGuest() {
    MemTrace trace = silent(200 * MIB, 128 * MIB);
    Symptoms seen = new Symptoms(device(4 * GIB, 200 * MIB), trace, DriverState.BOUND, true, OptionalLong.empty());
    Verdict verdict = Judge.of(seen);
    assertEquals(Obstacle.BELOW_GRANULARITY, verdict.cause());
    assertTrue(verdict.reason().contains("they cover 128 MiB"), verdict.reason());
  }

  @Test
  void theLastAnswerShowsWhoRefused() {
    Verdict busy = judge(trace(4 * GIB, GIB, new Answers(9, 0, 3, 0), "PLUG BUSY", 0));
    assertEquals(Obstacle.HOST_REFUSES, busy.cause());
    assertTrue(busy.trying() && busy.reason().contains("refused 3"), busy.reason());
    Verdict error = judge(trace(4 * GIB, GIB, new Answers(9, 0, 3, 1), "PLUG ERROR", 0));
    assertEquals(Obstacle.REQUEST_REFUSED, error.cause());
    assertFalse(error.trying());
    MemTrace given = new MemTrace(GIB, 0, 0, 999 * SECOND, true, new Answers(0, 0, 1, 0), "PLUG BUSY", 400 * SECOND,
        400 * SECOND, 0);
    assertFalse(judge(given).trying());
  }

  @Test
  void aDimmOwesAnAnswerUntilItGivesOne() {
    assertTrue(new DimmState.Found().verdict(0, true).isEmpty());
    assertTrue(new DimmState.Kept("why").verdict(0, true).isEmpty());
    assertEquals(Obstacle.UNDER_WAY, new DimmState.Offered(0).verdict(SECOND, true).orElseThrow().cause());
    Verdict silent = new DimmState.Offered(0).verdict(61 * SECOND, true).orElseThrow();
    assertEquals(Obstacle.NO_ANSWER, silent.cause());
    assertTrue(silent.reason().contains("for 61 s"), silent.reason());
    assertEquals(Obstacle.CANNOT_BE_FREED, new DimmState.AskedToGo(0).verdict(61 * SECOND, true).orElseThrow().cause());
    assertEquals(Obstacle.MACHINE_STOPPED, new DimmState.AskedToGo(0).verdict(0, false).orElseThrow().cause());
  }
}
