package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info status} */
final class InfoStatus implements Command {
  @Override
  public List<String> names() { return List.of("status"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "show the current VM status"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 0, 0);
    return "VM status: " + machine.state().words() + "\n";
  }
}
