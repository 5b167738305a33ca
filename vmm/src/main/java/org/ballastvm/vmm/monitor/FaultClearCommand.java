package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.control.FaultClear;
import org.ballastvm.vmm.devices.PluggedDevice;
import org.ballastvm.vmm.machine.Machine;

/** {@code fault_clear [DEVICE]} */
final class FaultClearCommand implements Command {
  @Override
  public List<String> names() { return List.of("fault_clear"); }

  @Override
  public String parameters() { return "[device]"; }

  @Override
  public String help() { return "take the faults of a device away, or of all"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    Optional<String> device = arguments.optionalWord();
    arguments.end();
    new FaultClear().run(vm, new FaultClear.Which(device));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? ids(vm) : List.of();
  }

  /** The ids of all devices that have one. */
  static List<String> ids(Machine vm) {
    return vm.devices().all().stream().map(PluggedDevice::id).flatMap(Optional::stream).toList();
  }
}
