package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.qom.Property;

/** Devices that have neither a slot nor ports of their own: the guest finds them by its tables. One of a kind at most. */
final class BoardDevices implements DeviceBus {
  private static final String NAMELESS = "device";

  private final DevicePaths paths;
  private final List<BoardDevice> all = new ArrayList<>();

  BoardDevices(DevicePaths paths) { this.paths = paths; }

  @Override
  public List<BoardDevice> all() { return all; }

  /** {@return what a device is, if there is one that is such a thing} */
  <T> Optional<T> part(Class<T> type) {
    for (BoardDevice device : all) { // No streams: each start comes by.
      if (type.isInstance(device.part())) {
        return Optional.of(type.cast(device.part()));
      }
    }
    return Optional.empty();
  }

  /** Throws UserError if there is one of a kind, or the guest may look for such devices no more. */
  void requireRoom(DeviceConfig config, boolean hot) {
    if (hot) {
      throw noHotplug(config);
    }
    if (all.stream().anyMatch(device -> device.config().getClass() == config.getClass())) {
      throw new UserError("at most one " + config.driver() + " device is permitted");
    }
  }

  /** Adds a device, for which there is room. */
  void add(DeviceConfig config, List<Property> properties, Object part, Runnable reset) {
    all.add(new BoardDevice(config, paths.of(config, NAMELESS), properties, part, reset));
    paths.taken(config, NAMELESS);
  }

  @Override
  public void requestUnplug(PluggedDevice device, long nowNanos) { throw noHotplug(device.config()); }

  private static UserError noHotplug(DeviceConfig config) {
    return new UserError("Device '" + config.driver() + "' does not support hotplugging");
  }

  @Override
  public void reset() { all.forEach(device -> device.reset().run()); }

  @Override
  public void close() { all.clear(); }
}
