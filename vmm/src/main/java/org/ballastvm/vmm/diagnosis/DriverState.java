package org.ballastvm.vmm.diagnosis;

import org.ballastvm.virtio.pci.VirtioState;

/** How a guest's driver stands to its device. */
public enum DriverState {
  /** None has come, or it has gone. */
  NONE,
  /** It has come and given up: FAILED. */
  FAILED,
  /** It broke a rule, and the device waits for it to start again: DEVICE_NEEDS_RESET. */
  STOPPED,
  /** It works. */
  BOUND;

  /**
   * What a device's registers say.
   *
   * @param state what they hold
   * @return how the driver stands
   */
  public static DriverState of(VirtioState state) {
    if (state.failed()) {
      return FAILED;
    }
    if (state.broken()) {
      return STOPPED;
    }
    return state.started() ? BOUND : NONE;
  }
}
