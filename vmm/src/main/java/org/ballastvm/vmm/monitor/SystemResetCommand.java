package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code system_reset} */
final class SystemResetCommand implements Command {
  @Override
  public List<String> names() { return List.of("system_reset"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "reset the system"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 0, 0);
    machine.reset();
    return "";
  }
}
