package org.ballastvm.vmm.device;

import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/**
 * The time of day at which a clock rings.
 *
 * @param hour 0 to 23, or {@link #ANY}
 * @param minute 0 to 59, or {@link #ANY}
 * @param second 0 to 59, or {@link #ANY}
 */
record AlarmTime(int hour, int minute, int second) {
  /** Each value will do. */
  static final int ANY = -1;

  /** Whether the clock ever shows it. */
  boolean exists() {
    return isIn(hour, 24) && isIn(minute, 60) && isIn(second, 60);
  }

  private static boolean isIn(int value, int count) { return value == ANY || value >= 0 && value < count; }

  /** The first second after a time at which it rings. It exists. */
  LocalDateTime after(LocalDateTime time) {
    LocalDateTime at = time.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    while (!fits(hour, at.getHour())) {
      at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
    }
    while (!fits(minute, at.getMinute())) {
      at = at.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    }
    while (!fits(second, at.getSecond())) {
      at = at.plusSeconds(1);
    }
    // What was left behind on the way may have been the last of its hour or minute.
    return fits(hour, at.getHour()) && fits(minute, at.getMinute()) ? at : after(at.minusSeconds(1));
  }

  private static boolean fits(int wanted, int is) { return wanted == ANY || wanted == is; }
}
