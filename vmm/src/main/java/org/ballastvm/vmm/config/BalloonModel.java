package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.balloon.BalloonConfig;

/** {@code virtio-balloon-pci}. */
final class BalloonModel {
  private static final BalloonConfig DEFAULTS = BalloonConfig.DEFAULTS;
  private static final AutoBalloonConfig AUTO_DEFAULTS = AutoBalloonConfig.DEFAULTS;

  private static final ModelProperty<Boolean> DEFLATE_ON_OOM = ModelProperty.flag("deflate-on-oom",
      DEFAULTS.deflateOnOom());
  private static final ModelProperty<Boolean> PAGE_POISON = ModelProperty.flag("page-poison", DEFAULTS.pagePoison());
  private static final ModelProperty<Boolean> REPORTING = ModelProperty.flag("free-page-reporting",
      DEFAULTS.freePageReporting());
  private static final ModelProperty<Boolean> HINT = ModelProperty.flag("free-page-hint", false);
  private static final ModelProperty<String> IOTHREAD = ModelProperty.text("iothread", ModelProperty.IOTHREAD,
      "The thread that gives back what free-page-hint brings");
  private static final ModelProperty<String> INTERVAL = ModelProperty
      .text("guest-stats-polling-interval", "int", "In seconds; 0 for never").orElse(0L);
  private static final ModelProperty<Boolean> AUTO = ModelProperty.flag("auto", AUTO_DEFAULTS.on());
  private static final ModelProperty<Long> AUTO_LOW = ModelProperty
      .size("auto-low", "size", "With less available memory the guest gets some; 0 for what suits it")
      .usually(AUTO_DEFAULTS.lowBytes());
  private static final ModelProperty<Long> AUTO_HIGH = ModelProperty
      .size("auto-high", "size", "With more available memory the guest loses some; 0 for what suits it")
      .usually(AUTO_DEFAULTS.highBytes());
  private static final ModelProperty<Long> AUTO_RATE = ModelProperty
      .size("auto-rate", "size", "What it loses in a second at most").usually(AUTO_DEFAULTS.rateBytes());

  static final Model<DeviceConfig> MODEL = PciModel.of("virtio-balloon", BalloonModel::parse,
      List.of(DEFLATE_ON_OOM, PAGE_POISON, REPORTING, HINT, IOTHREAD, INTERVAL, AUTO, AUTO_LOW, AUTO_HIGH, AUTO_RATE));

  private BalloonModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    return new DeviceConfig.Balloon(id, slot, properties(values), auto(values), HINT.takeOrUsual(values),
        IOTHREAD.take(values));
  }

  private static BalloonConfig properties(KeyValues values) {
    BalloonConfig switches = DEFAULTS
        .withDeflateOnOom(DEFLATE_ON_OOM.takeOrUsual(values))
        .withPagePoison(PAGE_POISON.takeOrUsual(values))
        .withFreePageReporting(REPORTING.takeOrUsual(values));
    return INTERVAL.take(values).map(text -> withInterval(switches, values, text)).orElse(switches);
  }

  private static BalloonConfig withInterval(BalloonConfig switches, KeyValues values, String text) {
    try {
      return switches.withPollingInterval(Long.decode(text));
    } catch (NumberFormatException e) {
      throw values.error(INTERVAL.name() + "=" + text + " must be a number of seconds, from 0 (never) to "
          + BalloonConfig.MOST_SECONDS);
    } catch (IllegalArgumentException e) {
      throw values.error(INTERVAL.name() + "=" + text + ": " + e.getMessage());
    }
  }

  private static AutoBalloonConfig auto(KeyValues values) {
    boolean on = AUTO.takeOrUsual(values);
    long low = AUTO_LOW.takeOrUsual(values);
    long high = AUTO_HIGH.takeOrUsual(values);
    long rate = AUTO_RATE.takeOrUsual(values);
    try {
      return new AutoBalloonConfig(on, low, high, rate);
    } catch (IllegalArgumentException e) {
      throw values.error(e.getMessage());
    }
  }
}
