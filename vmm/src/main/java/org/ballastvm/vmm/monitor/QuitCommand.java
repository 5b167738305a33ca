package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;

/** {@code quit} */
final class QuitCommand implements Command {
  @Override
  public List<String> names() { return List.of("quit", "q"); }

  @Override
  public String help() { return "quit the emulator"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    vm.quit(MachineEvent.Cause.HOST_QMP_QUIT);
    return "";
  }
}
