package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.config.RecordConfig;
import org.ballastvm.vmm.control.RecordStart;
import org.ballastvm.vmm.machine.Machine;

/** {@code record_start DEVICE,file=FILE,...} */
final class RecordStartCommand implements Command {
  @Override
  public List<String> names() { return List.of("record_start"); }

  @Override
  public String parameters() { return "device,file=file[,bytes=n][,limit=size]"; }

  @Override
  public String help() {
    return "record what passes between a device and its driver, like -record on the command line";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String given = arguments.optionalRest().orElseThrow(() -> new MonitorError("Parameter 'device' is missing"));
    RecordStart.start(vm, RecordConfig.parse("record_start", given));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? FaultClearCommand.ids(vm) : List.of();
  }
}
