package org.ballastvm.vmm.config;

import java.time.LocalDateTime;

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
    /** The host's time in UTC. */
    record Utc() implements Base {}

    /** The host's time in its zone, for guests that take a PC's clock for that. */
    record LocalTime() implements Base {}

    /**
     * A time of its own.
     *
     * @param time shown at the start
     */
    record At(LocalDateTime time) implements Base {}
  }

  /** What has a clock go on, by QEMU's names. */
  public enum Source {
    /** {@code host}: the host's time, with its corrections. */
    HOST,
    /** {@code rt}: the host's seconds, whatever its time is set to meanwhile. */
    RT
  }
}
