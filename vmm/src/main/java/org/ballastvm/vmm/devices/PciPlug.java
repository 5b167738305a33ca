package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;

/**
 * A kind of device with a PCI slot.
 *
 * @param <C> what a user asks for
 */
abstract class PciPlug<C extends DeviceConfig.OnPci> extends DevicePlug<C> {
  PciPlug(Class<C> kind) { super(kind); }

  @Override
  final void plugIn(C config, boolean hot, DeviceBuses buses) {
    buses.pci().plug(config, hot, path -> make(config, path, buses));
  }

  /**
   * Makes a device, for which there is a slot.
   *
   * @param config what was asked for
   * @param path where it is going to be in the object tree
   * @param buses the machine around it
   * @return the device; nothing is left of one that could not be made
   */
  abstract PciCard make(C config, String path, DeviceBuses buses);
}
