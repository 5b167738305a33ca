package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info gdbserver} */
final class InfoGdbServer implements Command {
  @Override
  public List<String> names() { return List.of("gdbserver"); }

  @Override
  public String help() { return "show where GDB is served"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return "gdbserver: " + vm.debug().where().orElse("none") + "\n";
  }
}
