package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.ballastvm.vmm.config.RtcConfig;
import org.junit.jupiter.api.Test;

class GuestClockTest {
  private static final Instant START = Instant.parse("2026-07-01T12:00:00Z");

  private Instant time = START;
  private long nanos = -7;

  private final Clock host = new Clock() {
    @Override
    public Instant instant() { return time; }

    @Override
    public ZoneId getZone() { throw new UnsupportedOperationException(); }

    @Override
    public Clock withZone(ZoneId zone) { throw new UnsupportedOperationException(); }
  };

  private GuestClock clock(RtcConfig.Base base, RtcConfig.Source source) {
    return GuestClock.of(new RtcConfig(base, source), host, () -> {
      // Each start would look for zones otherwise, in all libraries.
      assertInstanceOf(RtcConfig.Base.LocalTime.class, base);
      return ZoneId.of("Europe/Berlin");
    }, () -> nanos);
  }

  private void pass(int seconds) {
    time = time.plusSeconds(seconds);
    nanos += seconds * 1_000_000_000L;
  }

  @Test
  void utcIsTheHostsTime() {
    GuestClock clock = clock(new RtcConfig.Base.Utc(), RtcConfig.Source.HOST);
    pass(5);
    assertEquals(time, clock.instant());
  }

  @Test
  void localTimeStaysWhatItWasAtTheStart() {
    GuestClock clock = clock(new RtcConfig.Base.LocalTime(), RtcConfig.Source.HOST);
    assertEquals(START.plusSeconds(7200), clock.instant());
    time = Instant.parse("2026-12-01T12:00:00Z");
    assertEquals(time.plusSeconds(7200), clock.instant());
  }

  @Test
  void aDateGoesOnAsTheHostsTimeDoes() {
    GuestClock clock = clock(new RtcConfig.Base.At(LocalDateTime.of(1999, 12, 31, 23, 59, 58)), RtcConfig.Source.HOST);
    pass(3);
    assertEquals(Instant.parse("2000-01-01T00:00:01Z"), clock.instant());
  }

  @Test
  void aClockThatCountsIsNotCorrected() {
    GuestClock counting = clock(new RtcConfig.Base.Utc(), RtcConfig.Source.RT);
    GuestClock following = clock(new RtcConfig.Base.Utc(), RtcConfig.Source.HOST);
    pass(10);
    time = time.plusSeconds(3600);
    assertEquals(START.plusSeconds(10), counting.instant());
    assertEquals(START.plusSeconds(3610), following.instant());
  }
}
