package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryUuid;
import org.ballastvm.vmm.machine.Machine;

/** {@code info uuid} */
final class InfoUuid implements Command {
  @Override
  public List<String> names() { return List.of("uuid"); }

  @Override
  public String help() { return "show the current VM UUID"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return new QueryUuid().run(vm, NoArguments.NONE).uuid() + "\n";
  }
}
