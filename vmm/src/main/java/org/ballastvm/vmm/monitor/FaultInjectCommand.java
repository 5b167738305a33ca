package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.FaultConfig;
import org.ballastvm.vmm.control.FaultInject;
import org.ballastvm.vmm.machine.Machine;

/** {@code fault_inject DEVICE,what=KIND,...} */
final class FaultInjectCommand implements Command {
  @Override
  public List<String> names() { return List.of("fault_inject"); }

  @Override
  public String parameters() { return "device,what=kind[,key=value][,...]"; }

  @Override
  public String help() { return "have something go wrong with a device, like -fault on the command line"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    Optional<String> given = arguments.optionalRest();
    if (given.isEmpty()) {
      throw new MonitorError("Parameter 'device' is missing");
    }
    if (given.get().equals("help")) {
      return FaultConfig.LIST + "\n";
    }
    FaultInject.inject(vm, FaultConfig.parse("fault_inject", given.get()));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? FaultClearCommand.ids(vm) : List.of();
  }
}
