package org.ballastvm.vmm.goal;

import org.ballastvm.vmm.event.MachineEvent;

/** The machine around those who watch what a guest does with its memory. */
public interface Surroundings {
  /** {@return whether its processors run} */
  boolean isRunning();

  /**
   * Emits an event to monitors.
   *
   * @param event what happened
   */
  void emit(MachineEvent event);
}
