package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;

/** {@code system_wakeup} */
final class SystemWakeup implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "system_wakeup"; }

  @Override
  public String help() {
    return "Wakes a guest from suspend-to-idle, by the line of the serial port, which the guest must have armed. No error if it "
        + "is awake.";
  }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    vm.wakeUp();
    return Done.DONE;
  }
}
