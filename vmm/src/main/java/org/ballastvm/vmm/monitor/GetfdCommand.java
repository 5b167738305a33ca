package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code getfd NAME} */
final class GetfdCommand implements Command {
  @Override
  public List<String> names() { return List.of("getfd"); }

  @Override
  public String parameters() { return "name"; }

  @Override
  public String help() { return "receive a file descriptor via SCM rights and assign it a name"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String name = arguments.word();
    arguments.end();
    vm.descriptors().put(name, arguments.passed().require());
    return "";
  }
}
