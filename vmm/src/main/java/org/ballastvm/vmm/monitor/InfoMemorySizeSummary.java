package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryMemorySizeSummary;
import org.ballastvm.vmm.machine.Machine;

/** {@code info memory_size_summary} */
final class InfoMemorySizeSummary implements Command {
  @Override
  public List<String> names() { return List.of("memory_size_summary"); }

  @Override
  public String help() {
    return "show the amount of initially allocated and present hotpluggable (if enabled) memory in bytes.";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    QueryMemorySizeSummary.MemoryInfo info = new QueryMemorySizeSummary().run(vm, NoArguments.NONE);
    return "base memory: " + info.baseMemory() + "\nplugged memory: " + info.pluggedMemory() + "\n";
  }
}
