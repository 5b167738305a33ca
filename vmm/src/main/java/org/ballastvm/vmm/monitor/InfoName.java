package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info name} */
final class InfoName implements Command {
  @Override
  public List<String> names() { return List.of("name"); }

  @Override
  public String help() { return "show the current VM name"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return vm.config().name() + "\n";
  }
}
