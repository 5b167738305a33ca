package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code system_reset} */
final class SystemResetCommand implements Command {
  @Override
  public List<String> names() { return List.of("system_reset"); }

  @Override
  public String help() { return "reset the system"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.reset();
    return "";
  }
}
