package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.machine.Machine;

/** {@code info qdm} */
final class InfoQdm implements Command {
  @Override
  public List<String> names() { return List.of("qdm"); }

  @Override
  public String help() { return "show qdev device model list"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return DeviceModels.LIST + "\n";
  }
}
