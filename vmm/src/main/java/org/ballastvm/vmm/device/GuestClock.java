package org.ballastvm.vmm.device;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.ballastvm.vmm.config.RtcConfig;

/** The time that a guest is shown, as if it were UTC: another clock, and what lies between the two from the start on. */
public final class GuestClock extends Clock {
  private final Clock source;
  private final Duration ahead;

  private GuestClock(Clock source, Duration ahead) {
    this.source = source;
    this.ahead = ahead;
  }

  /**
   * The clock of a machine that starts now.
   *
   * @param config what it is to show
   * @param host the host's time
   * @param zone its zone
   * @param nanos what counts on whatever the host's time is set to, such as {@link System#nanoTime}
   * @return the clock
   */
  public static GuestClock of(RtcConfig config, Clock host, Supplier<ZoneId> zone, LongSupplier nanos) {
    Instant start = host.instant();
    Clock source = config.source() == RtcConfig.Source.RT ? new Counting(start, nanos.getAsLong(), nanos) : host;
    return new GuestClock(source, config.base().ahead(start, zone));
  }

  @Override
  public Instant instant() { return source.instant().plus(ahead); }

  @Override
  public ZoneId getZone() { return ZoneOffset.UTC; }

  /** There is one zone: the guest's. */
  @Override
  public Clock withZone(ZoneId zone) { throw new UnsupportedOperationException(); }

  /** A time at the start, and what has been counted since. */
  private static final class Counting extends Clock {
    private final Instant start;
    private final long startNanos;
    private final LongSupplier nanos;

    Counting(Instant start, long startNanos, LongSupplier nanos) {
      this.start = start;
      this.startNanos = startNanos;
      this.nanos = nanos;
    }

    @Override
    public Instant instant() { return start.plusNanos(nanos.getAsLong() - startNanos); }

    @Override
    public ZoneId getZone() { return ZoneOffset.UTC; }

    @Override
    public Clock withZone(ZoneId zone) { throw new UnsupportedOperationException(); }
  }
}
