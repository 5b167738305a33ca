package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code cont} */
final class ContCommand implements Command {
  @Override
  public List<String> names() { return List.of("cont", "c"); }

  @Override
  public String help() { return "resume emulation"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.resume();
    return "";
  }
}
