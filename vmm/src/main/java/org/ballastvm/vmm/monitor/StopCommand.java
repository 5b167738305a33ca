package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

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
