package org.ballastvm.vmm.config;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;

/** {@code -rtc}, by QEMU's names. */
public final class RtcOptions {
  private static final String OPTION = "-rtc";
  private static final int FIRST_YEAR = 1970;
  /** What two bytes in decimal hold. */
  private static final int LAST_YEAR = 9999;

  private RtcOptions() {}

  /**
   * Parses.
   *
   * @param texts what stands behind each {@code -rtc}; of two values of a key the later counts
   * @return the clock
   * @throws UserError for a key or a value that is none, or that this machine does not have
   */
  public static RtcConfig parse(List<String> texts) {
    RtcConfig config = RtcConfig.DEFAULT;
    for (String text : texts) {
      KeyValues values = KeyValues.parse(OPTION, text, "base");
      RtcConfig.Base base = values.take("base").map(RtcOptions::base).orElse(config.base());
      RtcConfig.Source source = values.take("clock").map(RtcOptions::source).orElse(config.source());
      values.take("driftfix").ifPresent(RtcOptions::requireDriftFix);
      values.refuseRest("base, clock, driftfix");
      config = new RtcConfig(base, source);
    }
    return config;
  }

  private static RtcConfig.Base base(String word) {
    return switch (word) {
      case "utc" -> new RtcConfig.Base.Utc();
      case "localtime" -> new RtcConfig.Base.LocalTime();
      default -> new RtcConfig.Base.At(time(word));
    };
  }

  private static LocalDateTime time(String text) {
    try {
      LocalDateTime time = text.contains("T") ? LocalDateTime.parse(text) : LocalDate.parse(text).atStartOfDay();
      if (time.getYear() >= FIRST_YEAR && time.getYear() <= LAST_YEAR) {
        return time;
      }
    } catch (DateTimeException e) {
      // Reported below.
    }
    throw new UserError(OPTION + " base=" + text + ": must be utc, localtime, or a date of the years " + FIRST_YEAR
        + " to " + LAST_YEAR + " such as 2026-06-17T16:01:21 or 2026-06-17");
  }

  private static RtcConfig.Source source(String word) {
    return switch (word) {
      case "host" -> RtcConfig.Source.HOST;
      case "rt" -> RtcConfig.Source.RT;
      case "vm" -> throw new UserError(
          OPTION + " clock=vm: must be host or rt; time goes on for a guest of this machine while it is stopped");
      default -> throw new UserError(OPTION + " clock=" + word + ": must be host or rt");
    };
  }

  /** Both are so anyway: the clock's periodic interrupts are not wired, so none is lost or made up for. */
  private static void requireDriftFix(String word) {
    if (!word.equals("none") && !word.equals("slew")) {
      throw new UserError(OPTION + " driftfix=" + word + ": must be none or slew");
    }
  }
}
