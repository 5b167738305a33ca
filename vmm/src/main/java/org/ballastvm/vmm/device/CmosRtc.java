package org.ballastvm.vmm.device;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.bus.IrqLine;
import org.ballastvm.vmm.bus.PortMap;
import org.ballastvm.vmm.state.Log;

/**
 * The battery-backed clock and its memory, at ports 0x70 (index) and 0x71 (data): an MC146818 that shows what
 * another clock has in UTC, and keeps what the guest adds to it. Its alarm is wired to a line. Its periodic interrupts are not: Linux
 * runs them from its own timers.
 *
 * <p>
 * Source: Motorola MC146818A data sheet, registers A to D; the century byte 0x32 as named in the FADT.
 */
public final class CmosRtc implements BusDevice {
  /** First port. */
  public static final int BASE = PortMap.RTC;

  /** Ports. */
  public static final int LENGTH = 2;

  private static final int SECONDS = 0x00;
  private static final int SECONDS_ALARM = 0x01;
  private static final int MINUTES = 0x02;
  private static final int MINUTES_ALARM = 0x03;
  private static final int HOURS = 0x04;
  private static final int HOURS_ALARM = 0x05;
  private static final int DAY_OF_WEEK = 0x06;
  private static final int DAY_OF_MONTH = 0x07;
  private static final int MONTH = 0x08;
  private static final int YEAR = 0x09;
  private static final int REGISTER_A = 0x0a;
  private static final int REGISTER_B = 0x0b;
  private static final int REGISTER_C = 0x0c;
  private static final int REGISTER_D = 0x0d;

  /** The line of its alarm, as in every PC. */
  public static final int IRQ = 8;

  /** Where the FADT says the century is. */
  public static final int CENTURY = 0x32;

  private static final int A_UPDATE_IN_PROGRESS = 0x80;
  private static final int A_DIVIDER_32_KHZ_RATE_1024_HZ = 0x26;
  private static final int B_24_HOURS = 0x02;
  private static final int B_BINARY = 0x04;
  private static final int B_ALARM_INTERRUPT = 0x20;
  private static final int B_SET = 0x80;
  private static final int C_ALARM = 0x20;
  private static final int C_INTERRUPT = 0x80;
  /** Both upper bits of an alarm's register: each value will do. */
  private static final int DO_NOT_CARE = 0xc0;
  private static final long NEVER = Long.MAX_VALUE;
  private static final long NANOS_IN_SECOND = 1_000_000_000;
  private static final int D_VALID_RAM_AND_TIME = 0x80;
  private static final int PM = 0x80;
  private static final int INDEX_MASK = 0x7f;
  /** For so long before it changes, a real clock warns that it will. */
  private static final int WARNING_NANOS = 244_000;

  /**
   * What a guest has made of the clock. It shows the host's time, so it goes on where the host's is, with what the guest has
   * added.
   *
   * @param memory all registers
   * @param offsetSeconds how far the guest has set it ahead of the host's clock
   * @param index which register the data port is
   */
  public record State(List<Byte> memory, long offsetSeconds, int index) {
    /** Keeps a copy. */
    public State {
      memory = List.copyOf(memory);
    }

    /** What the reset line of a PC does to it: no more alarms until it is asked for one. The battery keeps the rest. */
    State afterReset() {
      List<Byte> kept = new ArrayList<>(memory);
      kept.set(REGISTER_B, (byte) (memory.get(REGISTER_B) & ~B_ALARM_INTERRUPT));
      kept.set(REGISTER_C, (byte) 0);
      return new State(kept, offsetSeconds, index);
    }
  }

  /** With an empty memory, on the host's time. */
  public static final State POWER_ON = powerOn();

  private final Clock clock;
  private final IrqLine line;
  private LongConsumer timer = nanos -> {
    // Nobody rings.
  };
  private final byte[] memory = new byte[INDEX_MASK + 1];
  private long offsetSeconds;
  private int index;
  /** When the alarm is to ring, in this clock's seconds. */
  private long dueSeconds = NEVER;

  /**
   * A clock that shows another.
   *
   * @param clock the host's clock
   * @param line what an alarm raises until the guest has read register C
   */
  public CmosRtc(Clock clock, IrqLine line) {
    this.clock = clock;
    this.line = line;
    set(POWER_ON);
  }

  private static State powerOn() {
    List<Byte> memory = new ArrayList<>(Collections.nCopies(INDEX_MASK + 1, (byte) 0));
    memory.set(REGISTER_A, (byte) A_DIVIDER_32_KHZ_RATE_1024_HZ);
    memory.set(REGISTER_B, (byte) B_24_HOURS);
    return new State(memory, 0, 0);
  }

  /** {@return what the guest has made of it} */
  public synchronized State state() {
    List<Byte> all = new ArrayList<>(memory.length);
    for (byte register : memory) {
      all.add(register);
    }
    return new State(all, offsetSeconds, index);
  }

  /**
   * Makes the clock what it was: an alarm that is asked for rings when its time comes.
   *
   * @param state of this clock or another
   */
  public synchronized void restore(State state) {
    set(state);
    setAlarm();
    line.set((memory[REGISTER_C] & C_INTERRUPT) != 0);
  }

  private void set(State state) {
    for (int register = 0; register < memory.length; register++) {
      memory[register] = state.memory().get(register);
    }
    offsetSeconds = state.offsetSeconds();
    index = state.index();
  }

  /**
   * Has its alarm ring.
   *
   * @param inNanos sees to it that {@link #look} is called in so many nanoseconds
   */
  public synchronized void wind(LongConsumer inNanos) { timer = inNanos; }

  /**
   * Looks whether the alarm is to ring.
   *
   * @return whether it has rung
   */
  public synchronized boolean look() {
    if (dueSeconds == NEVER) {
      return false;
    }
    boolean rings = clock.instant().getEpochSecond() + offsetSeconds >= dueSeconds;
    if (rings) {
      memory[REGISTER_C] = (byte) (C_ALARM | C_INTERRUPT);
      line.set(true);
    }
    setAlarm();
    return rings;
  }

  /** What the reset line of a PC does to it: no more alarms until it is asked for one. */
  public synchronized void reset() {
    restore(state().afterReset());
  }

  private int acknowledge() {
    int was = memory[REGISTER_C] & 0xff;
    memory[REGISTER_C] = 0;
    line.set(false);
    return was;
  }

  /** What it depends on has changed, or it has rung. */
  private void setAlarm() {
    AlarmTime alarm = new AlarmTime(alarmHour(), alarm(MINUTES_ALARM), alarm(SECONDS_ALARM));
    if (isHeld() || (memory[REGISTER_B] & B_ALARM_INTERRUPT) == 0 || !alarm.exists()) {
      dueSeconds = NEVER;
      return;
    }
    Instant now = clock.instant().plusSeconds(offsetSeconds);
    LocalDateTime shown = LocalDateTime.ofEpochSecond(now.getEpochSecond(), 0, ZoneOffset.UTC);
    dueSeconds = alarm.after(shown).toEpochSecond(ZoneOffset.UTC);
    timer.accept((dueSeconds - now.getEpochSecond()) * NANOS_IN_SECOND - now.getNano());
  }

  private int alarm(int register) {
    int value = memory[register] & 0xff;
    return value >= DO_NOT_CARE ? AlarmTime.ANY : decodeValue(value);
  }

  private int alarmHour() {
    int value = memory[HOURS_ALARM] & 0xff;
    return value >= DO_NOT_CARE ? AlarmTime.ANY : decodeHour(value);
  }

  @Override
  public synchronized long read(long offset, int sizeBytes) {
    if (offset == 0) {
      return 0xff;
    }
    return switch (index) {
      case SECONDS, MINUTES, HOURS, DAY_OF_WEEK, DAY_OF_MONTH, MONTH, YEAR, CENTURY -> {
        if (!isHeld()) {
          showTime();
        }
        yield memory[index] & 0xff;
      }
      case REGISTER_A -> memory[REGISTER_A] & 0xff | (isAboutToChange() ? A_UPDATE_IN_PROGRESS : 0);
      case REGISTER_C -> memory[REGISTER_C] == 0 ? 0 : acknowledge();
      case REGISTER_D -> D_VALID_RAM_AND_TIME;
      default -> memory[index] & 0xff;
    };
  }

  @Override
  public synchronized void write(long offset, int sizeBytes, long value) {
    if (offset == 0) {
      index = (int) value & INDEX_MASK;
      return;
    }
    byte given = (byte) value;
    switch (index) {
      case SECONDS, MINUTES, HOURS, DAY_OF_MONTH, MONTH, YEAR, CENTURY -> {
        if (isHeld()) {
          memory[index] = given;
        } else {
          showTime();
          memory[index] = given;
          takeTime();
          setAlarm();
        }
      }
      case SECONDS_ALARM, MINUTES_ALARM, HOURS_ALARM -> {
        memory[index] = given;
        setAlarm();
      }
      case REGISTER_A -> memory[REGISTER_A] = (byte) (given & ~A_UPDATE_IN_PROGRESS);
      case REGISTER_B -> {
        boolean wasHeld = isHeld();
        boolean hold = (given & B_SET) != 0;
        if (hold && !wasHeld) {
          showTime();
        }
        memory[REGISTER_B] = given;
        if (wasHeld && !hold) {
          takeTime();
        }
        setAlarm();
      }
      case DAY_OF_WEEK, REGISTER_C, REGISTER_D -> {
        // Derived or read-only.
      }
      default -> memory[index] = given;
    }
  }

  /** Whether the guest holds the clock to read or set all of it. */
  private boolean isHeld() {
    return (memory[REGISTER_B] & B_SET) != 0;
  }

  private boolean isAboutToChange() {
    return !isHeld() && clock.instant().get(ChronoField.NANO_OF_SECOND) >= 1_000_000_000 - WARNING_NANOS;
  }

  private void showTime() {
    LocalDateTime now = LocalDateTime.ofEpochSecond(clock.instant().getEpochSecond() + offsetSeconds, 0,
        ZoneOffset.UTC);
    memory[SECONDS] = encode(now.getSecond());
    memory[MINUTES] = encode(now.getMinute());
    memory[HOURS] = encodeHour(now.getHour());
    memory[DAY_OF_WEEK] = encode(now.getDayOfWeek().getValue() % 7 + 1);
    memory[DAY_OF_MONTH] = encode(now.getDayOfMonth());
    memory[MONTH] = encode(now.getMonthValue());
    memory[YEAR] = encode(now.getYear() % 100);
    memory[CENTURY] = encode(now.getYear() / 100);
  }

  /** What the guest wrote counts from now on, if it is a date. */
  private void takeTime() {
    try {
      LocalDateTime time = LocalDateTime.of(decode(CENTURY) * 100 + decode(YEAR), decode(MONTH), decode(DAY_OF_MONTH),
          decodeHour(), decode(MINUTES), decode(SECONDS));
      offsetSeconds = time.toEpochSecond(ZoneOffset.UTC) - clock.instant().getEpochSecond();
    } catch (DateTimeException e) {
      Log.of(CmosRtc.class).debug("the guest set its clock to no date: {}", e.getMessage());
    }
  }

  private boolean isBinary() { return (memory[REGISTER_B] & B_BINARY) != 0; }

  private byte encode(int value) { return (byte) (isBinary() ? value : value / 10 << 4 | value % 10); }

  private int decode(int register) { return decodeValue(memory[register] & 0xff); }

  private int decodeValue(int value) { return isBinary() ? value : (value >> 4) * 10 + (value & 0xf); }

  private byte encodeHour(int hour) {
    if ((memory[REGISTER_B] & B_24_HOURS) != 0) {
      return encode(hour);
    }
    int pm = hour >= 12 ? PM : 0;
    return (byte) (encode(hour % 12 == 0 ? 12 : hour % 12) | pm);
  }

  private int decodeHour() { return decodeHour(memory[HOURS] & 0xff); }

  private int decodeHour(int value) {
    if ((memory[REGISTER_B] & B_24_HOURS) != 0) {
      return decodeValue(value);
    }
    return decodeValue(value & ~PM) % 12 + ((value & PM) != 0 ? 12 : 0);
  }
}
