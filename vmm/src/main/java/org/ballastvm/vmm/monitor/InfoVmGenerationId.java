package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryVmGenerationId;
import org.ballastvm.vmm.machine.Machine;

/** {@code info vm-generation-id} */
final class InfoVmGenerationId implements Command {
  @Override
  public List<String> names() { return List.of("vm-generation-id"); }

  @Override
  public String help() { return "Show Virtual Machine Generation ID"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return new QueryVmGenerationId().run(vm, NoArguments.NONE).guid() + "\n";
  }
}
