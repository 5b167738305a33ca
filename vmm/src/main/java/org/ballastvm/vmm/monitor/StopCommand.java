package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code stop} */
final class StopCommand implements Command {
  @Override
  public List<String> names() { return List.of("stop", "s"); }

  @Override
  public String help() { return "stop emulation"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.pause();
    return "";
  }
}
