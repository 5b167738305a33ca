package org.ballastvm.vmm.control;

import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;

/** {@code quit} */
final class Quit implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "quit"; }

  @Override
  public String help() { return "Ends the machine and its process."; }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    vm.quit(MachineEvent.Cause.HOST_QMP_QUIT);
    return Done.DONE;
  }
}
