package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.look.LookText;
import org.ballastvm.vmm.machine.Machine;

/** {@code info stacks} */
final class InfoStacks implements Command {
  @Override
  public List<String> names() { return List.of("stacks"); }

  @Override
  public String help() {
    return "show what each CPU of a Linux guest does, its stack by name (read from guest memory; no agent, no symbols)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return GuestKernel.look(vm, kernel -> LookText.stacks(kernel.stacks()));
  }
}
