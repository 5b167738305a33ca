package org.ballastvm.vmm.device;

import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.ballastvm.vmm.bus.BusDevice;

/**
 * The battery-backed clock and its memory, at ports 0x70 (index) and 0x71 (data): an MC146818 that shows the host's
 * time in UTC and keeps what the guest adds to it. Alarms and periodic interrupts are not wired: Linux runs them from
 * its own timers.
 *
 * <p>
 * Source: Motorola MC146818A data sheet, registers A to D; the century byte 0x32 as named in the FADT.
 */
public final class CmosRtc implements BusDevice {
  /** First port. */
  public static final int BASE = 0x70;

  /** Ports. */
  public static final int LENGTH = 2;

  private static final int SECONDS = 0x00;
  private static final int MINUTES = 0x02;
  private static final int HOURS = 0x04;
  private static final int DAY_OF_WEEK = 0x06;
  private static final int DAY_OF_MONTH = 0x07;
  private static final int MONTH = 0x08;
  private static final int YEAR = 0x09;
  private static final int REGISTER_A = 0x0a;
  private static final int REGISTER_B = 0x0b;
  private static final int REGISTER_C = 0x0c;
  private static final int REGISTER_D = 0x0d;

  /** Where the FADT says the century is. */
  public static final int CENTURY = 0x32;

  private static final int DIVIDER_32_KHZ_RATE_1024_HZ = 0x26;
  private static final int B_24_HOURS = 0x02;
  private static final int B_BINARY = 0x04;
  private static final int D_VALID_RAM_AND_TIME = 0x80;

  private final Clock clock;
  private final byte[] memory = new byte[128];
  private long offsetSeconds;
  private int index;

  /**
   * A clock that shows another.
   *
   * @param clock the host's clock
   */
  public CmosRtc(Clock clock) {
    this.clock = clock;
    memory[REGISTER_A] = DIVIDER_32_KHZ_RATE_1024_HZ;
    memory[REGISTER_B] = B_24_HOURS;
  }

  @Override
  public synchronized long read(long offset, int sizeBytes) {
    if (offset == 0) {
      return 0xff;
    }
    ZonedDateTime now = now();
    return switch (index) {
      case SECONDS -> encode(now.getSecond());
      case MINUTES -> encode(now.getMinute());
      case HOURS -> hours(now.getHour());
      case DAY_OF_WEEK -> encode(now.getDayOfWeek().getValue() % 7 + 1);
      case DAY_OF_MONTH -> encode(now.getDayOfMonth());
      case MONTH -> encode(now.getMonthValue());
      case YEAR -> encode(now.getYear() % 100);
      case CENTURY -> encode(now.getYear() / 100);
      case REGISTER_C -> 0;
      case REGISTER_D -> D_VALID_RAM_AND_TIME;
      default -> memory[index] & 0xff;
    };
  }

  @Override
  public synchronized void write(long offset, int sizeBytes, long value) {
    if (offset == 0) {
      index = (int) value & 0x7f;
      return;
    }
    int given = (int) value & 0xff;
    ZonedDateTime now = now();
    switch (index) {
      case SECONDS -> shift(now, now.plusSeconds(decode(given) - (long) now.getSecond()));
      case MINUTES -> shift(now, now.plusMinutes(decode(given) - (long) now.getMinute()));
      case HOURS -> shift(now, now.plusHours(decode(given & 0x7f) - (long) now.getHour()));
      case DAY_OF_MONTH -> shift(now, now.plusDays(decode(given) - (long) now.getDayOfMonth()));
      case MONTH -> shift(now, now.plusMonths(decode(given) - (long) now.getMonthValue()));
      case YEAR -> shift(now, now.plusYears(decode(given) - (long) now.getYear() % 100));
      case CENTURY -> shift(now, now.plusYears(100L * (decode(given) - now.getYear() / 100)));
      case DAY_OF_WEEK, REGISTER_C, REGISTER_D -> {
        // Derived or read-only.
      }
      default -> memory[index] = (byte) given;
    }
  }

  private ZonedDateTime now() {
    return ZonedDateTime.ofInstant(clock.instant().plusSeconds(offsetSeconds), ZoneOffset.UTC);
  }

  private void shift(ZonedDateTime from, ZonedDateTime to) {
    offsetSeconds += to.toEpochSecond() - from.toEpochSecond();
  }

  private int encode(int value) { return (memory[REGISTER_B] & B_BINARY) != 0 ? value : value / 10 << 4 | value % 10; }

  private int decode(int value) {
    return (memory[REGISTER_B] & B_BINARY) != 0 ? value : (value >> 4) * 10 + (value & 0xf);
  }

  private int hours(int hour) {
    if ((memory[REGISTER_B] & B_24_HOURS) != 0) {
      return encode(hour);
    }
    int pm = hour >= 12 ? 0x80 : 0;
    return encode(hour % 12 == 0 ? 12 : hour % 12) | pm;
  }
}
