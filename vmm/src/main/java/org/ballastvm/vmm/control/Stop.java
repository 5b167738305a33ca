package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;

/** {@code stop} */
final class Stop implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "stop"; }

  @Override
  public String help() { return "Stops the vCPUs; nothing happens if they are stopped."; }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    vm.pause();
    return Done.DONE;
  }
}
