package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code system_powerdown} */
final class SystemPowerdownCommand implements Command {
  @Override
  public List<String> names() { return List.of("system_powerdown"); }

  @Override
  public String help() { return "send system power down event"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.powerButton();
    return "";
  }
}
