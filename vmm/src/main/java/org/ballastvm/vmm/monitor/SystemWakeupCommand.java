package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code system_wakeup} */
final class SystemWakeupCommand implements Command {
  @Override
  public List<String> names() { return List.of("system_wakeup"); }

  @Override
  public String help() { return "wakeup guest from suspend"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.wakeUp();
    return "";
  }
}
