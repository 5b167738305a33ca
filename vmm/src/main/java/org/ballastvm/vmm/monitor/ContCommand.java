package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code cont} */
final class ContCommand implements Command {
  @Override
  public List<String> names() { return List.of("cont", "c"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "resume emulation"; }

  @Override
  public String run(Machine vm, List<String> arguments) {
    requireAtMost(0, arguments);
    vm.resume();
    return "";
  }
}
