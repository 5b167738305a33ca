package org.ballastvm.vmm.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.balloon.BalloonFeature;
import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.virtio.balloon.BalloonStats;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.control.QueryBalloonedPages.BalloonedInfo;
import org.ballastvm.vmm.devices.BalloonCard;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.policy.AutoBalloon;

/** A balloon in words. */
final class BalloonText {
  private static final String INTERVAL = "guest-stats-polling-interval";
  private static final Set<BalloonStat> BYTES = EnumSet.of(BalloonStat.SWAP_IN, BalloonStat.SWAP_OUT,
      BalloonStat.FREE_MEMORY, BalloonStat.TOTAL_MEMORY, BalloonStat.AVAILABLE_MEMORY, BalloonStat.DISK_CACHES);

  private BalloonText() {}

  /** Which of the balloon's pages somebody has written to. */
  static String resident(BalloonedInfo info) {
    return line("held:", info.held() + " bytes") + line("resident:", info.resident() + " bytes")
        + line("written:", info.written() + " bytes")
        + info.ranges().stream().map(range -> "  %016x-%016x\n".formatted(range.address(),
            range.address() + range.size())).collect(Collectors.joining());
  }

  /** Sizes of the machine and of the balloon, and who is on the other side. */
  static String sizes(Machine vm, Instant now) {
    BalloonCard card = card(vm);
    BalloonDevice balloon = card.balloon();
    long size = vm.devices().sizes().baseAndDimmBytes();
    long base = vm.config().memory().sizeBytes();
    long target = balloon.targetBytes();
    long actual = balloon.actualBytes();
    return line("machine:", ByteSize.about(size) + ": base memory " + ByteSize.about(base) + ", DIMMs "
        + ByteSize.about(size - base) + "; virtio-mem does not count")
        + line("guest has:", ByteSize.about(vm.devices().sizes().balloonedBytes()) + ", should have "
            + ByteSize.about(Math.max(0, size - target)))
        + line("balloon:", ByteSize.about(actual) + " (" + balloon.actualPages() + " pages), should be "
            + ByteSize.about(target) + " (" + balloon.targetPages() + " pages)")
        + line("limits:", "'balloon N' takes 1 to " + (size >> 20) + " MiB for the guest; more is all of it")
        + line("driver:", driver(balloon.agreedFeatures()))
        + line("statistics:", reported(card, now))
        + vm.devices().autoBalloon().map(auto -> "  auto:        " + automatic(vm, auto, now)).orElse("");
  }

  /** The automatic mode: a line, and if it did anything, a line for each of the last decisions. */
  static String automatic(Machine vm, AutoBalloon auto, Instant now) {
    AutoBalloonConfig.Marks marks = auto.marks();
    StringBuilder text = new StringBuilder(
        "auto is %s; it keeps %s to %s available, and takes at most %s a second\n".formatted(
            auto.config().on() ? "on" : "off", ByteSize.about(marks.lowBytes()), ByteSize.about(marks.highBytes()),
            ByteSize.about(auto.config().rateBytes())));
    text.append(line("host:", auto.pressure().words()));
    danger(vm).filter(sentence -> auto.config().on()).ifPresent(sentence -> text.append(line("warning:", sentence)));
    for (AutoBalloon.Outcome outcome : auto.outcomes()) {
      text.append("    %10s  %-7s %9s  %s%s\n".formatted(age(outcome.until(), now),
          outcome.action().name().toLowerCase(Locale.ROOT), ByteSize.about(outcome.guestBytes()), outcome.reason(),
          outcome.times() > 1 ? " (" + outcome.times() + " times, first " + age(outcome.since(), now) + ")" : ""));
    }
    return text.toString();
  }

  /** What the automatic mode cannot save a guest from, in a sentence; nothing if the guest can help itself. */
  static Optional<String> danger(Machine vm) {
    return BalloonFeature.DEFLATE_ON_OOM.in(card(vm).balloon().features())
        ? Optional.empty()
        : Optional
            .of("without deflate-on-oom=on the guest cannot take memory back by itself when it runs short: what it "
                + "needs before the next look, it kills a process for");
  }

  /** All statistics, for people and in full. */
  static String statistics(Machine vm, Instant now) {
    BalloonCard card = card(vm);
    return "statistics: " + reported(card, now) + "\n" + table(card.balloon().stats());
  }

  static String table(BalloonStats stats) {
    return stats.values().entrySet().stream().map(BalloonText::row).collect(Collectors.joining());
  }

  private static BalloonCard card(Machine vm) {
    return vm.devices().balloonCard().orElseThrow(); // The caller has asked for its size.
  }

  private static String line(String what, String text) { return "  %-12s %s\n".formatted(what, text); }

  private static String driver(OptionalLong features) {
    if (features.isEmpty()) {
      return "none: the guest has not loaded one, or is not up yet";
    }
    String agreed = Arrays.stream(BalloonFeature.values()).filter(feature -> feature.in(features.getAsLong()))
        .map(feature -> feature.name().toLowerCase(Locale.ROOT).replace('_', '-')).collect(Collectors.joining(", "));
    return "at work; agreed on " + (agreed.isEmpty() ? "no feature" : agreed);
  }

  private static String reported(BalloonCard card, Instant now) {
    BalloonDevice balloon = card.balloon();
    long seconds = balloon.stats().lastUpdateSeconds();
    long interval = balloon.pollingIntervalSeconds();
    return (seconds == 0
        ? "the guest has reported none"
        : "the guest reported them " + age(Instant.ofEpochSecond(seconds), now))
        + (interval == 0
            ? "; it is not asked (qom-set " + card.path() + " " + INTERVAL + " 2 asks it every 2 s)"
            : "; it is asked every " + interval + " s");
  }

  /** How long ago something was; a clock that was put back makes nothing younger than now. */
  static String age(Instant then, Instant now) {
    long seconds = Math.max(0, Duration.between(then, now).toSeconds());
    return seconds < 120
        ? seconds + " s ago"
        : seconds < 7200 ? seconds / 60 + " min ago" : seconds / 3600 + " h ago";
  }

  private static String row(Map.Entry<BalloonStat, Long> stat) {
    long value = stat.getValue();
    if (value == BalloonStat.UNSET) {
      return "  %-22s %12s\n".formatted(stat.getKey().key(), "not reported");
    }
    String raw = Long.toUnsignedString(value);
    return BYTES.contains(stat.getKey())
        ? "  %-22s %12s  %s\n".formatted(stat.getKey().key(), ByteSize.about(value), raw)
        : "  %-22s %12s\n".formatted(stat.getKey().key(), raw);
  }
}
