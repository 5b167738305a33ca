package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.control.RecordStop;
import org.ballastvm.vmm.machine.Machine;

/** {@code record_stop [DEVICE]} */
final class RecordStopCommand implements Command {
  @Override
  public List<String> names() { return List.of("record_stop"); }

  @Override
  public String parameters() { return "[device]"; }

  @Override
  public String help() { return "end the recording of a device, or all recordings"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    Optional<String> device = arguments.optionalWord();
    arguments.end();
    new RecordStop().run(vm, new RecordStop.Which(device));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? FaultClearCommand.ids(vm) : List.of();
  }
}
