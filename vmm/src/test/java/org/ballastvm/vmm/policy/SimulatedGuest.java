package org.ballastvm.vmm.policy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.virtio.balloon.BalloonStats;
import org.ballastvm.vmm.config.AutoBalloonConfig;

/**
 * A guest with a balloon, as numbers: it goes by seconds, uses memory as a trace says, gives as fast as its driver can, and
 * answers or not. A policy looks at it once a second.
 */
final class SimulatedGuest {
  static final long MIB = 1 << 20;
  private static final long SECOND = 1_000_000_000L;
  /** What Linux's driver takes out of the balloon at each call of its OOM notifier. */
  private static final long OOM_STEP = MIB;

  final long size;
  final BalloonPolicy policy = new BalloonPolicy();
  final List<Decision> decisions = new ArrayList<>();
  long seconds;
  long target;
  long actual;
  long used;
  long driverRate = 512 * MIB;
  /** What could still be used when the guest has no more: the driver takes nothing below it. */
  long reserve = 8 * MIB;
  long rate = 64 * MIB;
  long interval = 1;
  /** Seconds of the guest's wall clock before those of the simulation. */
  long wallOffset = 1_000_000;
  boolean running = true;
  boolean driver = true;
  boolean answers = true;
  boolean deflatesOnOom = true;
  HostPressure host = new HostPressure.Known(0, 0);
  AutoBalloonConfig config = AutoBalloonConfig.DEFAULTS;
  /** What the guest reports as available, of what is. */
  LongUnaryOperator word = available -> available;
  /** Counts that it reports besides. */
  final Map<BalloonStat, Long> counts = new EnumMap<>(BalloonStat.class);
  /** Seconds in which some process wanted memory and there was none. */
  long hungrySeconds;
  long oomKills;
  private BalloonStats reported = new BalloonStats(0, Map.of());
  private long takenBack;
  /** What the policy's clock says more than this guest's seconds. */
  long clockOffset;

  SimulatedGuest(long mebibytes) { size = mebibytes * MIB; }

  long available() { return Math.max(0, size - used - actual); }

  long availableMiB() { return available() / MIB; }

  long lowMiB() { return config.marks(size).lowBytes() / MIB; }

  long highMiB() { return config.marks(size).highBytes() / MIB; }

  /** The guest uses so much from now on. */
  SimulatedGuest use(long mebibytes) {
    used = mebibytes * MIB;
    return this;
  }

  /** Lets time pass, with a look of the policy after each second; the last of its decisions. */
  Decision pass(long count) {
    for (long i = 0; i < count; i++) {
      seconds++;
      if (driver && running) {
        liveForASecond();
      }
      look();
    }
    return decisions.getLast();
  }

  private void liveForASecond() {
    if (actual > target) {
      actual -= Math.min(actual - target, 4 * driverRate);
    } else {
      actual += Math.max(0, Math.min(Math.min(target - actual, driverRate), available() - reserve));
    }
    if (used + actual > size) {
      runOutOfMemory();
    }
    if (answers && interval > 0 && seconds % interval == 0) {
      report();
    }
  }

  private void runOutOfMemory() {
    hungrySeconds++;
    if (!deflatesOnOom || actual == 0) {
      oomKills++;
      used = size - actual - reserve;
      return;
    }
    long step = Math.min(actual, Math.max(OOM_STEP, used + actual - size));
    if (actual - step < target) {
      takenBack += Math.min(actual, target) - (actual - step);
    }
    actual -= step;
  }

  private void report() {
    Map<BalloonStat, Long> values = new EnumMap<>(counts);
    values.put(BalloonStat.AVAILABLE_MEMORY, word.applyAsLong(available()));
    values.put(BalloonStat.TOTAL_MEMORY, size);
    values.put(BalloonStat.OOM_KILLS, oomKills);
    reported = new BalloonStats(wallOffset + seconds, values);
  }

  private void look() {
    GuestSample sample = new GuestSample(clockOffset + seconds * SECOND, running, driver, size, 0, target, actual,
        takenBack, reported);
    takenBack = 0;
    Decision decision = policy.decide(sample, host, new Settings(config.marks(size), rate, interval));
    decisions.add(decision);
    target = decision.targetBytes().orElse(target);
  }

  /** A new guest in the same machine. */
  void reboot() {
    driver = false;
    actual = 0;
    reported = new BalloonStats(0, Map.of());
    pass(1);
    driver = true;
  }

  long count(Class<? extends Decision> kind) { return decisions.stream().filter(kind::isInstance).count(); }

  List<Decision> actions() {
    return decisions.stream().filter(decision -> !(decision instanceof Decision.Hold)).toList();
  }
}
