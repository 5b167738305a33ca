package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code closefd NAME} */
final class ClosefdCommand implements Command {
  @Override
  public List<String> names() { return List.of("closefd"); }

  @Override
  public String parameters() { return "name"; }

  @Override
  public String help() { return "close a file descriptor previously passed via SCM rights"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String name = arguments.word();
    arguments.end();
    vm.descriptors().close(name);
    return "";
  }
}
