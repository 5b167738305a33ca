package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The clock as a guest reads and sets it, on a host whose time stands still until the test moves it. */
class CmosRtcTest {
  private static final int SECONDS = 0;
  private static final int MINUTES = 2;
  private static final int HOURS = 4;
  private static final int DAY_OF_WEEK = 6;
  private static final int DAY = 7;
  private static final int MONTH = 8;
  private static final int YEAR = 9;
  private static final int A = 0xa;
  private static final int B = 0xb;
  private static final int HOURS_24 = 2;
  private static final int BINARY = 4;
  private static final int C = 0xc;
  private static final int ALARM = 0x20;
  private static final int SET = 0x80;

  private final HostClock host = new HostClock();
  private final List<Boolean> line = new ArrayList<>();
  private final CmosRtc rtc = new CmosRtc(host, line::add);

  @Test
  void timeIsInBinaryCodedDecimalAtFirst() {
    host.now = Instant.parse("2026-11-21T23:59:48Z");

    assertTime(0x20, 0x26, 0x11, 0x21, 0x23, 0x59, 0x48);
    assertEquals(7, read(DAY_OF_WEEK), "a Saturday, Sunday being 1");
  }

  @Test
  void itsAlarmRaisesTheLineUntilTheGuestHasSeenWhy() {
    List<Long> waits = new ArrayList<>();
    rtc.wind(waits::add);
    host.now = Instant.parse("2026-11-21T23:59:48.25Z");
    alarmAt(0x00, 0x00, 0x05);
    assertEquals(List.of(), waits, "nobody wants to know");
    write(B, HOURS_24 | ALARM);
    assertEquals(List.of(16_750_000_000L), waits, "over midnight");
    host.now = Instant.parse("2026-11-22T00:00:04.9Z");
    assertFalse(rtc.look(), "the host's timers run by another clock");
    host.now = Instant.parse("2026-11-22T00:00:05Z");
    assertTrue(rtc.look());
    assertEquals(List.of(16_750_000_000L, 100_000_000L, 86_400_000_000_000L), waits);
    assertEquals(List.of(true), line);
    assertEquals(List.of(0xa0, 0), List.of(read(C), read(C)));
    assertEquals(List.of(true, false), line);
  }

  @Test
  void anAlarmThatIsSwitchedOffOrNoTimeNeverRings() {
    List<Long> waits = new ArrayList<>();
    rtc.wind(waits::add);
    alarmAt(0x23, 0x61, 0x00);
    write(B, HOURS_24 | ALARM);
    alarmAt(0xff, 0xff, 0xff);
    rtc.reset();
    host.now = host.now.plusSeconds(90_000);
    assertFalse(rtc.look());
    assertEquals(0, read(B) & ALARM);
  }

  /** Each alarm, with and without values that do not matter, against a look at each second of two days. */
  @Test
  void theNextAlarmIsTheFirstSecondThatFits() {
    long seed = 20261130;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      AlarmTime alarm = new AlarmTime(random.nextInt(-1, 24), random.nextInt(-1, 60), random.nextInt(-1, 60));
      LocalDateTime now = LocalDateTime.of(2026, 12, 31, 0, 0).plusSeconds(random.nextInt(86_400));
      LocalDateTime first = Stream.iterate(now.plusSeconds(1), at -> at.plusSeconds(1)).filter(at -> fits(alarm, at))
          .findFirst().orElseThrow();
      assertEquals(first, alarm.after(now), alarm + " after " + now + ", seed " + seed);
    }
  }

  private static boolean fits(AlarmTime alarm, LocalDateTime at) {
    return (alarm.hour() < 0 || alarm.hour() == at.getHour())
        && (alarm.minute() < 0 || alarm.minute() == at.getMinute())
        && (alarm.second() < 0 || alarm.second() == at.getSecond());
  }

  private void alarmAt(int hour, int minute, int second) {
    write(1, second);
    write(3, minute);
    write(5, hour);
  }

  @Test
  void orInBinary() {
    write(B, HOURS_24 | BINARY);

    assertTime(20, 26, 11, 21, 23, 59, 48);
  }

  @Test
  void orInTwelveHours() {
    write(B, 0);
    int[][] hours = {{0, 0x12}, {1, 0x01}, {11, 0x11}, {12, 0x92}, {13, 0x81}, {23, 0x91}};
    for (int[] hour : hours) {
      host.now = Instant.parse("2026-01-01T00:30:00Z").plus(Duration.ofHours(hour[0]));
      assertEquals(hour[1], read(HOURS), "at " + hour[0]);
      write(HOURS, hour[1]);
      assertEquals(hour[1], read(HOURS), "set at " + hour[0]);
    }
  }

  @Test
  void aGuestThatHoldsTheClockSetsAllOfItAtOnce() {
    host.now = Instant.parse("2026-02-10T00:00:00Z");
    write(B, SET | HOURS_24);
    int[][] values = {{DAY, 0x31}, {MONTH, 0x01}, {YEAR, 0x99}, {CmosRtc.CENTURY, 0x19}, {HOURS, 0x12}, {MINUTES, 0x34},
        {SECONDS, 0x56}};
    for (int[] value : values) {
      write(value[0], value[1]);
      assertEquals(value[1], read(value[0]));
    }
    write(B, HOURS_24);

    host.now = host.now.plusSeconds(4);
    assertTime(0x19, 0x99, 0x01, 0x31, 0x12, 0x35, 0x00);
  }

  @Test
  void aClockThatIsHeldStandsStillAndThenGoesOn() {
    write(B, SET | HOURS_24);
    host.now = host.now.plusSeconds(10);
    assertEquals(0x48, read(SECONDS));

    write(B, HOURS_24);

    assertEquals(0x48, read(SECONDS), "it goes on from where it was held");
  }

  @Test
  void aSingleFieldIsSetWithoutHolding() {
    write(MINUTES, 0x07);

    assertTime(0x20, 0x26, 0x11, 0x21, 0x23, 0x07, 0x48);
  }

  @Test
  void aDateThatIsNoneIsForgotten() {
    write(MONTH, 0x13);
    write(DAY, 0x31);
    write(HOURS, 0xff);

    assertTime(0x20, 0x26, 0x11, 0x21, 0x23, 0x59, 0x48);
  }

  @Test
  void anUpdateIsAnnouncedShortlyBefore() {
    assertEquals(0x26, read(A));
    host.now = Instant.parse("2026-11-21T23:59:48.999900Z");
    assertEquals(0xa6, read(A));

    write(B, SET | HOURS_24);
    assertEquals(0x26, read(A), "a clock that is held is not updated");
  }

  @Test
  void theBatteryAndTheMemoryAreGood() {
    assertEquals(0x80, read(0xd));
    assertEquals(0, read(0xc), "no interrupt is pending");

    write(0x40, 0x5a);

    assertEquals(0x5a, read(0x40));
    assertEquals(0xff, rtc.read(0, 1), "the index is write-only");
  }

  @Test
  void theTopBitOfTheIndexIsTheNmiMask() {
    rtc.write(0, 1, 0x80 | 0x40);
    rtc.write(1, 1, 0x77);

    assertEquals(0x77, read(0x40));
  }

  @Test
  void whateverAGuestWritesTheClockAnswersBytes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      rtc.write(random.nextInt(2), 1 << random.nextInt(3), random.nextLong());
      long value = rtc.read(1, 1);
      assertEquals(value & 0xff, value, "seed " + seed);
    }
  }

  private void assertTime(int... expected) {
    int[] registers = {CmosRtc.CENTURY, YEAR, MONTH, DAY, HOURS, MINUTES, SECONDS};
    for (int i = 0; i < registers.length; i++) {
      assertEquals(Integer.toHexString(expected[i]), Integer.toHexString(read(registers[i])),
          "register " + registers[i]);
    }
  }

  private int read(int index) {
    rtc.write(0, 1, index);
    return (int) rtc.read(1, 1);
  }

  private void write(int index, int value) {
    rtc.write(0, 1, index);
    rtc.write(1, 1, value);
  }

  private static final class HostClock extends Clock {
    private Instant now = Instant.parse("2026-11-21T23:59:48Z");

    @Override
    public ZoneId getZone() { return ZoneOffset.UTC; }

    @Override
    public Clock withZone(ZoneId zone) { throw new UnsupportedOperationException("UTC alone"); }

    @Override
    public Instant instant() { return now; }
  }
}
