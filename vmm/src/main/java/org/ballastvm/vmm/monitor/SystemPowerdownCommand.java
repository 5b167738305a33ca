package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code system_powerdown} */
final class SystemPowerdownCommand implements Command {
  @Override
  public List<String> names() { return List.of("system_powerdown"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "send system power down event"; }

  @Override
  public String run(Machine vm, List<String> arguments) {
    requireAtMost(0, arguments);
    vm.powerButton();
    return "";
  }
}
