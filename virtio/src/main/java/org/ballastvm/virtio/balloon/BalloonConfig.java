package org.ballastvm.virtio.balloon;

/**
 * What the user asked of a balloon. Names and defaults are QEMU's.
 *
 * @param deflateOnOom {@code deflate-on-oom}: the guest may take pages back when it runs out of memory
 * @param pagePoison {@code page-poison}: the guest may report with what it fills free pages
 * @param freePageReporting {@code free-page-reporting}: the guest names pages as they become free
 * @param pollingIntervalSeconds {@code guest-stats-polling-interval}: how often the guest is asked how it uses its
 *        memory, 0 (never) to {@link #MOST_SECONDS}
 */
public record BalloonConfig(boolean deflateOnOom, boolean pagePoison, boolean freePageReporting,
    long pollingIntervalSeconds) {
  /** What QEMU has when nothing is asked. */
  public static final BalloonConfig DEFAULTS = new BalloonConfig(false, true, false, 0);
  /** The longest polling interval, 136 years. */
  public static final long MOST_SECONDS = 0xffff_ffffL;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if the interval is out of range; the message is QEMU's
   */
  public BalloonConfig {
    requireInterval(pollingIntervalSeconds);
  }

  static void requireInterval(long seconds) {
    if (seconds < 0) {
      throw new IllegalArgumentException("timer value must be greater than zero");
    }
    if (seconds > MOST_SECONDS) {
      throw new IllegalArgumentException("timer value is too big");
    }
  }

  /**
   * The same, but for one property.
   *
   * @param on its value
   * @return the other
   */
  public BalloonConfig withDeflateOnOom(boolean on) {
    return new BalloonConfig(on, pagePoison, freePageReporting, pollingIntervalSeconds);
  }

  /**
   * The same, but for one property.
   *
   * @param on its value
   * @return the other
   */
  public BalloonConfig withPagePoison(boolean on) {
    return new BalloonConfig(deflateOnOom, on, freePageReporting, pollingIntervalSeconds);
  }

  /**
   * The same, but for one property.
   *
   * @param on its value
   * @return the other
   */
  public BalloonConfig withFreePageReporting(boolean on) {
    return new BalloonConfig(deflateOnOom, pagePoison, on, pollingIntervalSeconds);
  }

  /**
   * The same, but for one property.
   *
   * @param seconds its value
   * @return the other
   */
  public BalloonConfig withPollingInterval(long seconds) {
    return new BalloonConfig(deflateOnOom, pagePoison, freePageReporting, seconds);
  }

  /** {@return what the device offers, a bit for each {@link BalloonFeature}} */
  long features() {
    return BalloonFeature.MUST_TELL_HOST.bit() | BalloonFeature.STATS_VQ.bit()
        | (deflateOnOom ? BalloonFeature.DEFLATE_ON_OOM.bit() : 0)
        | (pagePoison ? BalloonFeature.PAGE_POISON.bit() : 0)
        | (freePageReporting ? BalloonFeature.REPORTING.bit() : 0);
  }
}
