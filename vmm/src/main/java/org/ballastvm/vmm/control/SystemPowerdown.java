package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;

/** {@code system_powerdown} */
final class SystemPowerdown implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "system_powerdown"; }

  @Override
  public String help() { return "Presses the power button; what happens is up to the guest."; }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    vm.powerButton();
    return Done.DONE;
  }
}
