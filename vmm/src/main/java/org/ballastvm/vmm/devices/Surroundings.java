package org.ballastvm.vmm.devices;

import org.ballastvm.vmm.device.PanicDevice;
import org.ballastvm.vmm.memory.VcpuHold;

/** What devices need of the machine that they are in. */
public interface Surroundings extends VcpuHold, PanicDevice.Listener {
  /** {@return whether its processors run; any thread} */
  boolean isRunning();

  /** The guest was asked for memory, or its answer may have come. Any thread. */
  void memoryAsked();

  /** The host failed a disk's request, and that is to stop the machine until somebody has it go on. Any thread. */
  void stopForIoError();

  /** The guest's watchdog has expired. On the event loop. */
  void watchdogExpired();

  /**
   * The guest ends its machine. On the vCPU's thread.
   *
   * @param status exit status of the process, 0 to 255
   */
  void exit(int status);
}
