package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.control.DeviceAdd;
import org.ballastvm.vmm.machine.Machine;

/** {@code device_add DRIVER,...} */
final class DeviceAddCommand implements Command {
  @Override
  public List<String> names() { return List.of("device_add"); }

  @Override
  public String parameters() { return "driver[,prop=value][,...]"; }

  @Override
  public String help() { return "add device, like -device on the command line"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    Optional<String> given = arguments.optionalRest();
    if (given.isEmpty()) {
      throw new MonitorError("Parameter 'driver' is missing");
    }
    if (given.get().equals("help")) {
      return DeviceModels.LIST + "\n";
    }
    Optional<String> help = OptionWords.DEVICES.help(given.get());
    if (help.isPresent()) {
      return help.get();
    }
    DeviceAdd.add(vm, KeyValues.parse("device_add", given.get(), "driver"));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? OptionWords.DEVICES.completions(vm, start) : List.of();
  }
}
