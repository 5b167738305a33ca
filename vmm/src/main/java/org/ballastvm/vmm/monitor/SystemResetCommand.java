package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code system_reset} */
final class SystemResetCommand implements Command {
  @Override
  public List<String> names() { return List.of("system_reset"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "reset the system"; }

  @Override
  public String run(Machine vm, List<String> arguments) {
    requireAtMost(0, arguments);
    vm.reset();
    return "";
  }
}
