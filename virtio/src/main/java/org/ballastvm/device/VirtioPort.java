package org.ballastvm.device;

import java.time.Duration;

/** What a virtio device has of its driver. */
public interface VirtioPort {
  /** {@return the features that both agreed on} */
  long features();

  /** {@return guest memory} */
  DeviceMemory memory();

  /** Notifies the driver that {@link SimpleVirtio#config} returns something else. */
  void configChanged();

  /**
   * Runs a task later, as calls to the device are run. Nothing is run for a driver that has reset the device meanwhile.
   *
   * @param delay from now
   * @param task what
   */
  void after(Duration delay, Runnable task);
}
