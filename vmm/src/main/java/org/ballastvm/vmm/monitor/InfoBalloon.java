package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryBalloon;
import org.ballastvm.vmm.machine.Machine;
import java.util.List;

/** {@code info balloon} */
final class InfoBalloon implements Command {
  @Override
  public List<String> names() { return List.of("balloon"); }

  @Override
  public String help() { return "show balloon information"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return "balloon: actual=" + (new QueryBalloon().run(vm, NoArguments.NONE).actual() >> 20) + "\n";
  }
}
