package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryFaults;
import org.ballastvm.vmm.machine.Machine;

/** {@code info faults} */
final class InfoFaults implements Command {
  @Override
  public List<String> names() { return List.of("faults"); }

  @Override
  public String help() { return "show what goes wrong with devices, and what has gone wrong"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder();
    for (QueryFaults.DeviceFaultInfo device : new QueryFaults().run(vm, NoArguments.NONE)) {
      text.append(device.id().orElse(device.qomPath())).append(":\n");
      for (QueryFaults.FaultInfo fault : device.faults()) {
        text.append("  ").append(fault.fault()).append(": struck ").append(fault.struck()).append(" times on ")
            .append(fault.occasions()).append(" occasions\n");
      }
      device.strikes().forEach(strike -> text.append("  - ").append(strike).append('\n'));
    }
    return text.isEmpty() ? "no device has faults\n" : text.toString();
  }
}
