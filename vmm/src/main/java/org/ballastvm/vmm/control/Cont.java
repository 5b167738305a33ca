package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;

/** {@code cont} */
final class Cont implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "cont"; }

  @Override
  public String help() { return "Lets the vCPUs run; nothing happens if they do."; }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    vm.resume();
    return Done.DONE;
  }
}
