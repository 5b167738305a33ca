package org.ballastvm.vmm.memory;

/** Keeps vCPUs out of the guest for a moment. */
@FunctionalInterface
public interface VcpuHold {
  /**
   * Runs a task while no vCPU executes guest code. What they do for the guest meanwhile, such as a device's register,
   * goes on, so the task may be run under a device's lock.
   *
   * @param task short
   */
  void whileOut(Runnable task);
}
