package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code quit} */
final class QuitCommand implements Command {
  @Override
  public List<String> names() { return List.of("quit", "q"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "quit the emulator"; }

  @Override
  public String run(Machine machine, List<String> arguments) {
    requireCount(arguments, 0, 0);
    machine.quit();
    return "";
  }
}
