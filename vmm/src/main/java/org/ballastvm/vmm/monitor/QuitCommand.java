package org.ballastvm.vmm.monitor;

import java.util.List;

/** {@code quit} */
final class QuitCommand implements Command {
  @Override
  public List<String> names() { return List.of("quit", "q"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "quit the emulator"; }

  @Override
  public String run(VmControl vm, List<String> arguments) {
    requireAtMost(0, arguments);
    vm.quit();
    return "";
  }
}
