package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.bus.BusDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.qom.Property;

/** The devices at fixed I/O ports, which come before the start and stay. */
final class PortDevices implements DeviceBus {
  static final String NO_HOTPLUG = "Bus 'isa.0' does not support hotplugging";
  private static final String NAMELESS = "device";

  private final AddressBus ports;
  private final DevicePaths paths;
  private final List<PortDevice> all = new ArrayList<>();

  PortDevices(AddressBus ports, DevicePaths paths) {
    this.ports = ports;
    this.paths = paths;
  }

  @Override
  public List<PortDevice> all() { return all; }

  /** {@return whether there is a device of a kind} */
  boolean has(Class<? extends DeviceConfig> kind) {
    return all.stream().anyMatch(device -> kind.isInstance(device.config()));
  }

  /** {@return whether nothing is at these ports} */
  boolean isFree(int port, int portCount) {
    return ports.isFree(port, portCount);
  }

  /** Puts a device at its ports; they are free. */
  void plug(DeviceConfig config, BusDevice device, String name, int port, int portCount, List<Property> properties) {
    ports.map(device, name, port, portCount);
    all.add(new PortDevice(config, paths.of(config, NAMELESS), properties));
    paths.taken(config, NAMELESS);
  }

  @Override
  public void requestUnplug(PluggedDevice device, long nowNanos) { throw new UserError(NO_HOTPLUG); }

  @Override
  public void reset() {
    // They stay.
  }

  @Override
  public void close() { all.clear(); }
}
