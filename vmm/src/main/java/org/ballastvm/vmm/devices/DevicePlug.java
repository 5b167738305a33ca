package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.config.DeviceConfig;

/**
 * How one kind of device comes into a machine. There is one for each model of
 * {@link org.ballastvm.vmm.config.DeviceModels}; a new kind is a class of its own, and an entry of {@link DevicePlugs}.
 *
 * @param <C> what a user asks for
 */
abstract class DevicePlug<C extends DeviceConfig> {
  private final Class<C> kind;

  /**
   * A kind.
   *
   * @param kind the configuration that it takes
   */
  DevicePlug(Class<C> kind) { this.kind = kind; }

  /** {@return whether a configuration is of this kind} */
  final boolean takes(DeviceConfig config) {
    return kind == config.getClass();
  }

  /**
   * Makes a device and puts it on its bus. On the event loop, or before it has started.
   *
   * @param config of this kind; its id is not taken
   * @param hot whether the guest may run already, so that it has to be notified
   * @param buses where it goes
   * @throws org.ballastvm.vmm.config.UserError if it cannot be; nothing has changed then
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed then
   */
  final void plug(DeviceConfig config, boolean hot, DeviceBuses buses) { plugIn(kind.cast(config), hot, buses); }

  /** {@link #plug}, of a configuration that is of this kind. */
  abstract void plugIn(C config, boolean hot, DeviceBuses buses);
}
