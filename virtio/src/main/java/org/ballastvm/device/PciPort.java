package org.ballastvm.device;

import java.time.Duration;

/** What a function has of its machine. */
public interface PciPort {
  /** {@return guest memory, which the function reaches while the guest has bus mastering on} */
  DeviceMemory memory();

  /**
   * Sends a message, if the guest has MSI-X on; one that it masks waits. Otherwise nothing happens.
   *
   * @param vector which, below {@link SimplePci#vectors}
   */
  void send(int vector);

  /**
   * Drives the interrupt pin, which is not heard while the guest has it, or has MSI-X on.
   *
   * @param high whether it is asserted
   */
  void pin(boolean high);

  /**
   * Runs a task later, as calls to the device are run. Nothing is run after a reset of the machine or an unplug.
   *
   * @param delay from now
   * @param task what
   */
  void after(Duration delay, Runnable task);
}
