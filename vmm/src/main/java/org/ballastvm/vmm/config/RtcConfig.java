package org.ballastvm.vmm.config;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.Supplier;

/**
 * {@code -rtc}: what time the guest's battery-backed clock shows.
 *
 * @param base what it shows at the start
 * @param source what has it go on
 */
public record RtcConfig(Base base, Source source) {
  /** The host's time, in UTC. */
  public static final RtcConfig DEFAULT = new RtcConfig(new Base.Utc(), Source.HOST);

  /** What a clock shows at the start. */
  public sealed interface Base permits Base.Utc, Base.LocalTime, Base.At {
    /**
     * How far it is ahead of the host's time in UTC. A method, not a switch over types: each start comes by.
     *
     * @param start the host's time
     * @param zone the host's zone; asked for local time alone, since the JVM looks for zones in each library
     * @return perhaps negative
     */
    Duration ahead(Instant start, Supplier<ZoneId> zone);

    /** The host's time in UTC. */
    record Utc() implements Base {
      @Override
      public Duration ahead(Instant start, Supplier<ZoneId> zone) { return Duration.ZERO; }
    }

    /** The host's time in its zone, for guests that take a PC's clock for that. */
    record LocalTime() implements Base {
      /** By the zone's offset at the start: a clock that jumped by an hour in summer would ring alarms twice. */
      @Override
      public Duration ahead(Instant start, Supplier<ZoneId> zone) {
        return Duration.ofSeconds(zone.get().getRules().getOffset(start).getTotalSeconds());
      }
    }

    /**
     * A time of its own.
     *
     * @param time shown at the start
     */
    record At(LocalDateTime time) implements Base {
      @Override
      public Duration ahead(Instant start, Supplier<ZoneId> zone) {
        return Duration.between(start, time.toInstant(ZoneOffset.UTC));
      }
    }
  }

  /** What has a clock go on, by QEMU's names. */
  public enum Source {
    /** {@code host}: the host's time, with its corrections. */
    HOST,
    /** {@code rt}: the host's seconds, whatever its time is set to meanwhile. */
    RT
  }
}
