package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;

/** {@code system_reset} */
final class SystemReset implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "system_reset"; }

  @Override
  public String help() { return "Resets the machine, as its reset button would."; }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    vm.reset();
    return Done.DONE;
  }
}
