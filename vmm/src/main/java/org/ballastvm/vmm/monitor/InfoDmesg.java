package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.look.GuestKernel;
import org.ballastvm.vmm.machine.Machine;

/** {@code info dmesg} */
final class InfoDmesg implements Command {
  @Override
  public List<String> names() { return List.of("dmesg"); }

  @Override
  public String help() { return "show the log of a Linux guest's kernel (read from guest memory)"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return GuestKernel.look(vm, GuestKernel::log);
  }
}
