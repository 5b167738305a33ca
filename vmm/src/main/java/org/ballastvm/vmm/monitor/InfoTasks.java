package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.LookText;
import org.ballastvm.vmm.machine.Machine;

/** {@code info tasks [-s]} */
final class InfoTasks implements Command {
  @Override
  public List<String> names() { return List.of("tasks"); }

  @Override
  public String parameters() { return "[-s]"; }

  @Override
  public String help() {
    return "show the tasks of a Linux guest (read from guest memory; -s: with the stack of each that waits)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean stacks = arguments.flag('s');
    arguments.end();
    return GuestKernel.look(vm, kernel -> LookText.tasks(kernel.tasks(stacks)));
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-s") : List.of();
  }
}
