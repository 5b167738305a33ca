package org.ballastvm.vmm.monitor;

import java.util.List;

/** {@code cont} */
final class ContCommand implements Command {
  @Override
  public List<String> names() { return List.of("cont", "c"); }

  @Override
  public String parameters() { return ""; }

  @Override
  public String help() { return "resume emulation"; }

  @Override
  public String run(VmControl vm, List<String> arguments) {
    requireAtMost(0, arguments);
    vm.resume();
    return "";
  }
}
