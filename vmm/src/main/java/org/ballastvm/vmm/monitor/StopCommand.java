package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code stop} */
final class StopCommand implements Command {
  @Override
  public List<String> names() { return List.of("stop", "s"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "stop emulation"; }

  @Override
  public String run(Machine vm, List<String> arguments) {
    requireAtMost(0, arguments);
    vm.pause();
    return "";
  }
}
