package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.Optional;

/** Devices of one way to be in a machine: in a PCI slot, in a slot for memory, at fixed I/O ports. */
interface DeviceBus {
  /** {@return the devices, in the order in which they came; any thread} */
  List<? extends PluggedDevice> all();

  /**
   * Asks the guest to let a device go. On the event loop.
   *
   * @param device one of these
   * @param nowNanos System.nanoTime
   * @throws org.ballastvm.vmm.config.UserError if it cannot go, or the guest was asked a short while ago
   */
  void requestUnplug(PluggedDevice device, long nowNanos);

  /** Completes what the guest was asked for: after a reset it looks for devices itself. No vCPU runs. */
  void reset();

  /** Gives back what devices hold of the host. The event loop has ended. */
  void close();

  /** {@return the device of an id that a user gave, if it is one of these} */
  default Optional<PluggedDevice> find(String id) {
    for (PluggedDevice device : all()) {
      if (device.id().isPresent() && device.id().get().equals(id)) {
        return Optional.of(device);
      }
    }
    return Optional.empty();
  }
}
