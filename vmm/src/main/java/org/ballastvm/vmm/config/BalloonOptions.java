package org.ballastvm.vmm.config;

import org.ballastvm.virtio.BalloonConfig;

/** The properties of a balloon, as {@code -device virtio-balloon-pci} has them. */
final class BalloonOptions {
  private static final String INTERVAL = "guest-stats-polling-interval";

  private BalloonOptions() {}

  /**
   * Takes what was given of them.
   *
   * @throws UserError if a value is none that a property takes
   */
  static BalloonConfig take(KeyValues values) {
    BalloonConfig defaults = BalloonConfig.DEFAULTS;
    BalloonConfig switches = defaults
        .withDeflateOnOom(values.takeBoolean("deflate-on-oom", defaults.deflateOnOom()))
        .withPagePoison(values.takeBoolean("page-poison", defaults.pagePoison()))
        .withFreePageReporting(values.takeBoolean("free-page-reporting", defaults.freePageReporting()));
    return values.take(INTERVAL).map(text -> withInterval(switches, values, text)).orElse(switches);
  }

  private static BalloonConfig withInterval(BalloonConfig switches, KeyValues values, String text) {
    try {
      return switches.withPollingInterval(Long.decode(text));
    } catch (NumberFormatException e) {
      throw values.error(INTERVAL + "=" + text + " must be a number of seconds, from 0 (never) to "
          + BalloonConfig.MOST_SECONDS);
    } catch (IllegalArgumentException e) {
      throw values.error(INTERVAL + "=" + text + ": " + e.getMessage());
    }
  }

  /**
   * Takes what was given of its automatic mode.
   *
   * @throws UserError if a value is none that a property takes, or they do not fit each other
   */
  static AutoBalloonConfig takeAuto(KeyValues values) {
    AutoBalloonConfig defaults = AutoBalloonConfig.DEFAULTS;
    boolean on = values.takeBoolean("auto", defaults.on());
    long low = values.takeSize("auto-low", 1).orElse(defaults.lowBytes());
    long high = values.takeSize("auto-high", 1).orElse(defaults.highBytes());
    long rate = values.takeSize("auto-rate", 1).orElse(defaults.rateBytes());
    try {
      return new AutoBalloonConfig(on, low, high, rate);
    } catch (IllegalArgumentException e) {
      throw values.error(e.getMessage());
    }
  }
}
