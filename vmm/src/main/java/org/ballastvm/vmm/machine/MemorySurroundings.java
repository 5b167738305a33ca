package org.ballastvm.vmm.machine;

import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.goal.Surroundings;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.state.RunState;

/**
 * The machine, as those see it who watch its guest's memory.
 *
 * @param run its state
 * @param events emits events
 */
record MemorySurroundings(RunControl run, MachineEvents events) implements Surroundings {
  @Override
  public boolean isRunning() { return run.state() == RunState.RUNNING; }

  @Override
  public void emit(MachineEvent event) { events.emit(event); }
}
