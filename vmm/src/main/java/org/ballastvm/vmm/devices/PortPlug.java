package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;

/**
 * A kind of device at fixed I/O ports.
 *
 * @param <C> what a user asks for
 */
abstract class PortPlug<C extends DeviceConfig> extends DevicePlug<C> {
  PortPlug(Class<C> kind) { super(kind); }

  @Override
  final void plugIn(C config, boolean hot, DeviceBuses buses) {
    if (hot) {
      throw new UserError(PortDevices.NO_HOTPLUG);
    }
    make(config, buses);
  }

  /** Makes a device and puts it at its ports. */
  abstract void make(C config, DeviceBuses buses);
}
