package org.ballastvm.testkit.study;

import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ballastvm.images.Progress;
import org.ballastvm.testkit.Guest;

/** One guest's life: it is made small, has its load, grows, is full for a moment, and shrinks. */
final class StudyRound {
  /** Kernels that keep the tables for new memory in it, a 64th, count so much less. */
  private static final int TABLES_SHARE = 64;
  /** What a guest keeps free when all else is touched: below, it would have to kill. */
  private static final long SPARE_BYTES = 48L << 20;
  private static final int SPARE_SHARE = 32;

  /** How the monitor's answers name what they know of the other side. */
  private static final Pattern REASON = Pattern.compile("(?m)^ *((?:driver|guest|cause): .*\\S)\\s*$");

  private final StudyPlan plan;
  private final Mechanism mechanism;
  private final Guest guest;
  private final String log;
  private final boolean hostMakesHugePages;
  private final Progress progress;
  private final StudyGuest programs;
  private String step = "become small";

  /**
   * Begins with a guest that is up.
   *
   * @param log a file on the host with a line for each call for memory
   */
  StudyRound(StudyPlan plan, Mechanism mechanism, Guest guest, String log, boolean hostMakesHugePages,
      Progress progress) {
    this.plan = plan;
    this.mechanism = mechanism;
    this.guest = guest;
    this.log = log;
    this.hostMakesHugePages = hostMakesHugePages;
    this.progress = progress;
    this.programs = new StudyGuest(guest, plan);
  }

  /**
   * Does it all.
   *
   * @throws StudyFailure if the guest did not grow or shrink in time, with the reason as far as it is known
   */
  Measurement run() {
    try {
      return measure();
    } catch (StudyFailure e) {
      throw e.getMessage().isEmpty() ? new StudyFailure(whyNot()) : e;
    }
  }

  private Measurement measure() {
    mechanism.begin(plan.sizes()).forEach(programs::send);
    programs.await(System.nanoTime(), this::isSmall);
    programs.startPrograms();
    StudyGuest.Window rest = programs.rest();
    progress.begins("small, with its load; growing");

    long small = programs.totalBytes();
    long callsBefore = programs.callsIn(log);
    step = "grow";
    StudyGuest.Window grow = programs.grow(mechanism.grow(plan.sizes()),
        small + plan.sizes().resizeBytes() - plan.sizes().resizeBytes() / TABLES_SHARE);
    long callsBetween = programs.callsIn(log);

    progress.begins("large; touching all of it");
    programs.touchFree(SPARE_BYTES + plan.sizes().largeBytes() / SPARE_SHARE);
    HostMemory full = programs.hostMemory();
    long callsFull = programs.callsIn(log);
    progress.begins("full; shrinking");
    step = "shrink";
    StudyGuest.Window shrink = programs.shrink(mechanism.shrink(plan.sizes()), this::isSmallAgain);
    HostMemory left = programs.hostMemory();
    programs.checkLoad();
    return new Measurement(grow.nanos(), shrink.nanos(), plan.sizes().resizeBytes(),
        full.residentBytes() - left.residentBytes(), rest.stallNanos(), grow.stallNanos(), shrink.stallNanos(),
        callsBetween - callsBefore, programs.callsIn(log) - callsFull, left.guestBytes(),
        hostMakesHugePages ? OptionalDouble.of((double) left.hugeBytes()) : OptionalDouble.empty());
  }

  private boolean isSmall() { return mechanism.isSmall(plan.sizes(), guest.monitor(mechanism.question())); }

  /** When the guest has let go, and the host has it. */
  private boolean isSmallAgain() {
    boolean small = isSmall();
    if (small) {
      mechanism.afterShrink().forEach(programs::send);
    }
    return small;
  }

  /** What the guest did not do, and what the monitor knows of it. */
  private String whyNot() {
    String known = REASON.matcher(guest.monitor(mechanism.why())).results().map(match -> match.group(1))
        .collect(Collectors.joining("; "));
    return "the guest did not " + step + " within " + plan.patience().toSeconds() + " s"
        + (known.isEmpty() ? "" : " (" + known.replaceAll("\\s+", " ") + ')');
  }
}
