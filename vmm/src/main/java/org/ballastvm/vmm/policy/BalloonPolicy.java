package org.ballastvm.vmm.policy;

import java.util.Optional;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.vmm.config.AutoBalloonConfig.Marks;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.PageSize;
import org.ballastvm.vmm.policy.Decision.Follow;
import org.ballastvm.vmm.policy.Decision.Give;
import org.ballastvm.vmm.policy.Decision.Hold;
import org.ballastvm.vmm.policy.Decision.Squeeze;
import org.ballastvm.vmm.policy.Decision.Why;

/**
 * Keeps what a guest has available between two marks. It sees samples and answers with decisions, and touches nothing.
 *
 * <p>
 * Above the upper mark it takes memory, slowly. Below the lower mark it gives memory, at once and ever more. It takes none
 * from a guest that is in trouble, or is silent, or reports what cannot be. A driver that should give more than it can asks
 * its guest again and again, which the guest does not survive when it is out of memory itself; so the balloon's target never
 * stays above what the guest has given for long.
 */
final class BalloonPolicy {
  private static final long SECOND = 1_000_000_000L;
  private static final long PAGE_MASK = -PageSize.BYTES;
  /** Less than this is not worth a change. */
  private static final long GRAIN = 1 << 20;
  /** Longer than this a look at the guest cannot have taken; a clock that leaps counts for as much. */
  private static final long LONGEST_STEP_NANOS = 60 * SECOND;
  /** A driver that has given nothing for so long has nothing to give. */
  private static final long STUCK_NANOS = 5 * SECOND;
  /** More page faults in a second that wait for a disk: the guest lacks what it had in memory. */
  private static final long THRASHING_FAULTS = 100;
  private static final int RELIEF = 8;

  /** Hysteresis: who rests begins later than who is at it ends. */
  private enum Mode {
    RESTING, SQUEEZING
  }

  private BackOff backOff = new BackOff();
  private Mode mode = Mode.RESTING;
  private Optional<GuestSample> before = Optional.empty();
  /** The last sample with numbers that were new. */
  private Optional<GuestSample> lastReported = Optional.empty();
  private double allowanceBytes;
  private long silentNanos;
  private long stuckNanos;
  private long lastGiftBytes;
  private boolean squeezedSinceTrouble;

  /**
   * What to do.
   *
   * @param now the guest
   * @param host the host
   * @param settings what to go by; they may differ from those of the last time
   * @return the decision
   */
  Decision decide(GuestSample now, HostPressure host, Settings settings) {
    long passed = before.map(last -> Math.clamp(now.nowNanos() - last.nowNanos(), 0, LONGEST_STEP_NANOS)).orElse(0L);
    Decision decision = decide(now, host, settings, passed);
    before = Optional.of(now);
    return decision;
  }

  private Decision decide(GuestSample now, HostPressure host, Settings settings, long passed) {
    if (!now.driver()) {
      forget();
      return now.targetBytes() > 0
          ? new Give(0, "no driver is at work; the next one begins with all of the guest's memory")
          : new Hold(Why.NO_DRIVER, "no driver is at work");
    }
    if (!now.running()) {
      silentNanos = 0;
      return new Hold(Why.STOPPED, "the machine is stopped");
    }
    backOff.pass(passed);
    allowanceBytes = Math.min(settings.mostAtOnce(host),
        allowanceBytes + settings.rateBytes(host) * passed / SECOND);
    boolean isNew = isNew(now);
    long sinceReport = silentNanos + passed;
    silentNanos = isNew ? 0 : sinceReport;
    Optional<Decision> urgent = driversTrouble(now, settings, passed);
    if (urgent.isPresent()) {
      return urgent.get();
    }
    if (!isNew) {
      return silence(now, settings);
    }
    Optional<GuestSample> last = lastReported;
    lastReported = Optional.of(now);
    Optional<Decision> useless = uselessNumbers(now);
    if (useless.isPresent()) {
      return useless.get();
    }
    return last.flatMap(earlier -> guestsTrouble(earlier, now, settings.marks(), Math.max(sinceReport, SECOND)))
        .orElseGet(() -> byMarks(now, host, settings));
  }

  /** There is a new guest, of which nothing is known. */
  private void forget() {
    backOff = new BackOff();
    mode = Mode.RESTING;
    lastReported = Optional.empty();
    allowanceBytes = 0;
    silentNanos = 0;
    stuckNanos = 0;
    lastGiftBytes = 0;
    squeezedSinceTrouble = false;
  }

  /** The time that the numbers bear is only held against that of the last ones: it may go backwards. */
  private boolean isNew(GuestSample now) {
    long stamp = now.reported().lastUpdateSeconds();
    return stamp != 0 && lastReported.filter(last -> last.reported().lastUpdateSeconds() == stamp).isEmpty();
  }

  private void trouble() {
    backOff.trouble();
    mode = Mode.RESTING;
    squeezedSinceTrouble = false;
  }

  /** What the driver shows without a word: it takes back what it should give, or gives no more. */
  private Optional<Decision> driversTrouble(GuestSample now, Settings settings, long passed) {
    long given = Math.min(now.targetBytes(), now.actualBytes());
    if (now.takenBackBytes() > 0) {
      trouble();
      stuckNanos = 0;
      long lack = isKnown(now) ? settings.marks().middleBytes() - now.availableBytes() : 0;
      return Optional.of(new Give(less(given, Math.max(now.takenBackBytes(), lack)),
          "the guest took back " + ByteSize.about(now.takenBackBytes()) + " by itself, so it is short of memory"));
    }
    boolean isStuck = now.actualBytes() < now.targetBytes()
        && before.filter(last -> now.actualBytes() <= last.actualBytes() && last.targetBytes() > last.actualBytes())
            .isPresent();
    stuckNanos = isStuck ? stuckNanos + passed : 0;
    if (stuckNanos < STUCK_NANOS) {
      return Optional.empty();
    }
    trouble();
    stuckNanos = 0;
    return Optional.of(new Follow(now.actualBytes(),
        "the guest has given nothing more for " + STUCK_NANOS / SECOND + " s; it finds no memory to give"));
  }

  private static boolean isKnown(GuestSample now) {
    return now.availableBytes() != BalloonStat.UNSET && now.isPlausible();
  }

  private Decision silence(GuestSample now, Settings settings) {
    if (silentNanos < settings.patienceNanos()) {
      return new Hold(Why.WAITING, "the guest has reported nothing new since the last look");
    }
    mode = Mode.RESTING;
    return settle(now, Why.SILENT,
        settings.intervalSeconds() == 0
            ? "the guest is not asked for statistics: guest-stats-polling-interval is 0"
            : "the guest has reported no statistics for " + settings.patienceNanos() / SECOND + " s");
  }

  private Optional<Decision> uselessNumbers(GuestSample now) {
    if (now.availableBytes() == BalloonStat.UNSET) {
      return Optional
          .of(settle(now, Why.UNREPORTED, "the guest does not report stat-available-memory (Linux does since 4.6)"));
    }
    if (!now.isPlausible()) {
      mode = Mode.RESTING;
      return Optional.of(settle(now, Why.IMPLAUSIBLE,
          "the guest reports " + ByteSize.about(now.availableBytes()) + " available, which is more than there is"));
    }
    return Optional.empty();
  }

  /** Asks for no more than the guest has given, and leaves it at that. */
  private static Decision settle(GuestSample now, Why why, String reason) {
    return now.targetBytes() > now.actualBytes() ? new Follow(now.actualBytes(), reason) : new Hold(why, reason);
  }

  /** What the guest reports of its troubles, as far as the balloon can be their cause. */
  private Optional<Decision> guestsTrouble(GuestSample earlier, GuestSample now, Marks marks, long nanos) {
    long balloon = Math.min(now.targetBytes(), now.actualBytes());
    if (balloon == 0) {
      return Optional.empty();
    }
    boolean isShort = now.availableBytes() < 2 * marks.highBytes();
    long lack = Math.max(marks.middleBytes() - now.availableBytes(), balloon / RELIEF);
    long kills = more(earlier, now, BalloonStat.OOM_KILLS);
    if (kills > 0 && isShort) {
      trouble();
      return Optional.of(new Give(less(balloon, lack), "the guest killed " + kills + " of its processes for memory"));
    }
    long stalls = more(earlier, now, BalloonStat.ALLOCATION_STALLS);
    if (stalls > 0 && isShort && squeezedSinceTrouble) {
      trouble();
      return Optional.of(new Give(less(balloon, Math.max(lack, 0)),
          stalls + " times somebody in the guest had to wait for memory"));
    }
    double faults = (double) more(earlier, now, BalloonStat.MAJOR_FAULTS) * SECOND / nanos;
    if (faults > THRASHING_FAULTS && squeezedSinceTrouble) {
      trouble();
      return Optional.of(new Give(less(balloon, lack), "the guest reads back what it had in memory before: "
          + Math.round(faults) + " page faults a second wait for a disk"));
    }
    return Optional.empty();
  }

  /** By how much a count has grown; 0 where one of both is not reported, or it began again. */
  private static long more(GuestSample earlier, GuestSample now, BalloonStat stat) {
    long from = earlier.stat(stat);
    long to = now.stat(stat);
    return from < 0 || to < 0 ? 0 : Math.max(0, to - from);
  }

  private Decision byMarks(GuestSample now, HostPressure host, Settings settings) {
    Marks marks = settings.marks();
    long available = now.availableBytes();
    if (available < marks.lowBytes()) {
      return give(now, marks);
    }
    lastGiftBytes = 0;
    if (now.actualBytes() > now.targetBytes()) {
      return new Hold(Why.ON_ITS_WAY, "the guest is taking its memory back");
    }
    if (mode == Mode.RESTING && available <= settings.aimBytes(host) + settings.slackBytes()) {
      return new Hold(Why.BETWEEN, ByteSize.about(available) + " available, which is as it should be");
    }
    if (backOff.leftNanos() > 0) {
      return new Hold(Why.BACKING_OFF,
          ByteSize.about(available)
              + " available, but the guest is left alone for a while: there was trouble, or it is new");
    }
    return squeeze(now, host, settings);
  }

  private Decision give(GuestSample now, Marks marks) {
    long available = now.availableBytes();
    trouble();
    long given = Math.min(now.targetBytes(), now.actualBytes());
    if (now.targetBytes() == 0) {
      return new Hold(Why.EMPTY, ByteSize.about(available) + " available, and nothing is in the balloon");
    }
    long lack = marks.middleBytes() - available;
    if (available < marks.lowBytes() / 2) {
      lack = Math.max(lack, given / 2); // It falls fast: by the next look there may be none.
    }
    lack = Math.max(lack, 2 * lastGiftBytes);
    long onItsWay = Math.max(0, now.actualBytes() - now.targetBytes());
    long target = less(given, Math.max(0, lack - onItsWay));
    if (target == now.targetBytes()) {
      return new Hold(Why.ON_ITS_WAY, "the guest is taking its memory back");
    }
    lastGiftBytes = lack;
    return new Give(target, ByteSize.about(available) + " available, below the lower mark of "
        + ByteSize.about(marks.lowBytes()));
  }

  private Decision squeeze(GuestSample now, HostPressure host, Settings settings) {
    mode = Mode.SQUEEZING;
    long aim = settings.aimBytes(host);
    long available = now.availableBytes();
    // The guest reported before this sample was taken. What it has given meanwhile is still in its numbers.
    long givenThen = before.map(last -> Math.min(last.actualBytes(), now.actualBytes())).orElse(now.actualBytes());
    long onItsWay = Math.max(0, now.targetBytes() - givenThen);
    long surplus = available - aim - onItsWay;
    long most = Math.max(0, now.sizeBytes() - settings.marks().highBytes()) - now.targetBytes();
    // A driver that is slower than the rate is not asked for more meanwhile: what was asked for cannot be unasked at once.
    long room = (long) Math.min(allowanceBytes, settings.mostAtOnce(host) - (double) onItsWay);
    long step = Math.min(Math.min(surplus, most), room) & PAGE_MASK;
    if (step >= GRAIN) {
      allowanceBytes -= step;
      squeezedSinceTrouble = true;
      return new Squeeze(now.targetBytes() + step, ByteSize.about(available) + " available, above "
          + (host.isHigh() ? "the middle between the marks, and the host is short of memory: " : "the upper mark of ")
          + ByteSize.about(aim));
    }
    if (onItsWay > 0 || Math.min(surplus, most) >= GRAIN) {
      return new Hold(Why.ON_ITS_WAY, "the guest is giving memory");
    }
    mode = Mode.RESTING;
    return new Hold(Why.BETWEEN, ByteSize.about(available) + " available, which is as it should be");
  }

  /** A balloon that is smaller by so much, in whole pages. */
  private static long less(long balloonBytes, long bytes) {
    return Math.max(0, balloonBytes - Math.max(0, bytes)) & PAGE_MASK;
  }
}
