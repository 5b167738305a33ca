package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.function.LongFunction;
import org.ballastvm.vmm.config.AutoBalloonConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.AutoAction;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;

/** What can be read and written of a balloon's automatic mode. */
final class AutoBalloonProperties {
  private static final PropertyType STATUS = new PropertyType.Struct("automatic balloon");

  private AutoBalloonProperties() {}

  /**
   * What the automatic mode is about.
   *
   * @param low the lower mark that is gone by, in bytes
   * @param high the upper mark that is gone by, in bytes
   * @param host how short of memory the host is, in words
   * @param decisions the last ones, the newest last
   */
  record Status(long low, long high, String host, List<DecisionInfo> decisions) {
    static Status of(AutoBalloon auto) {
      AutoBalloonConfig.Marks marks = auto.marks();
      return new Status(marks.lowBytes(), marks.highBytes(), auto.pressure().words(),
          auto.outcomes().stream().map(outcome -> new DecisionInfo(outcome.since().getEpochSecond(),
              outcome.until().getEpochSecond(), outcome.times(), outcome.action(), outcome.guestBytes(),
              outcome.reason())).toList());
    }
  }

  /**
   * A decision that was taken once or several times in a row.
   *
   * @param since when first, in seconds since 1970
   * @param until when last, in seconds since 1970
   * @param times how often
   * @param action what was done
   * @param size what the guest should have since then, in bytes
   * @param reason why, in words
   */
  record DecisionInfo(long since, long until, long times, AutoAction action, long size, String reason) {}

  static List<Property> of(AutoBalloon auto) {
    return List.of(
        Property.onOff("auto", () -> auto.config().on(), on -> {
          if (on) {
            auto.switchOn();
          } else {
            auto.switchOff("switched off");
          }
        }),
        Property.number("auto-low", PropertyTypes.SIZE, () -> auto.config().lowBytes(),
            bytes -> tune(auto, auto.config()::withLow, bytes)),
        Property.number("auto-high", PropertyTypes.SIZE, () -> auto.config().highBytes(),
            bytes -> tune(auto, auto.config()::withHigh, bytes)),
        Property.number("auto-rate", PropertyTypes.SIZE, () -> auto.config().rateBytes(),
            bytes -> tune(auto, auto.config()::withRate, bytes)),
        Property.readOnly("auto-status", STATUS, () -> Status.of(auto)));
  }

  private static void tune(AutoBalloon auto, LongFunction<AutoBalloonConfig> change, long bytes) {
    try {
      auto.tune(change.apply(bytes));
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
