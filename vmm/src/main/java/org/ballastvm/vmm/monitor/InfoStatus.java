package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info status} */
final class InfoStatus implements Command {
  @Override
  public List<String> names() { return List.of("status"); }

  @Override
  public String help() { return "show the current VM status (running|paused)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return "VM status: " + vm.state().words() + "\n";
  }
}
