package org.ballastvm.vmm.devices;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ballastvm.virtio.balloon.BalloonConfig;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.balloon.BalloonStats;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.PropertyTypes;
import org.ballastvm.vmm.qom.QomPaths;

/** What can be read and written of a balloon, by QEMU's names. */
final class BalloonProperties {
  private static final PropertyType STATISTICS = new PropertyType.Struct("guest statistics");

  private BalloonProperties() {}

  /**
   * What the guest last reported of its memory.
   *
   * @param stats every one that QEMU knows by its name, unsigned; 2^64 - 1 if the guest did not report it
   * @param lastUpdate when it reported, in seconds since 1970; 0 if it has not
   */
  record GuestStatistics(Map<String, BigInteger> stats, long lastUpdate) {
    static GuestStatistics of(BalloonStats reported) {
      Map<String, BigInteger> named = new LinkedHashMap<>();
      reported.values().forEach((stat, value) -> named.put(stat.key(), new BigInteger(Long.toUnsignedString(value))));
      return new GuestStatistics(named, reported.lastUpdateSeconds());
    }
  }

  static List<Property> of(DeviceConfig.Balloon wanted, BalloonDevice balloon, AutoBalloon auto) {
    BalloonConfig config = wanted.properties();
    List<Property> all = new ArrayList<>(
        List.of(Property.readOnly("deflate-on-oom", PropertyTypes.BOOL, config::deflateOnOom),
            Property.readOnly("page-poison", PropertyTypes.BOOL, config::pagePoison),
            Property.readOnly("free-page-reporting", PropertyTypes.BOOL, config::freePageReporting),
            Property.readOnly("free-page-hint", PropertyTypes.BOOL, wanted::freePageHint),
            Property.readOnly("iothread", new PropertyType.Link("iothread"),
                () -> wanted.iothread().map(id -> QomPaths.OBJECTS + id).orElse("")),
            Property.number("guest-stats-polling-interval", PropertyTypes.INT, balloon::pollingIntervalSeconds,
                seconds -> setInterval(balloon, seconds)),
            Property.readOnly("guest-stats", STATISTICS, () -> GuestStatistics.of(balloon.stats()))));
    all.addAll(AutoBalloonProperties.of(auto));
    return all;
  }

  private static void setInterval(BalloonDevice balloon, long seconds) {
    try {
      balloon.setPollingIntervalSeconds(seconds);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }
}
