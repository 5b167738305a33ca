package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.CpuInstance;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryHotpluggableCpus;
import org.ballastvm.vmm.machine.Machine;

/** {@code info hotpluggable-cpus} */
final class InfoHotpluggableCpus implements Command {
  @Override
  public List<String> names() { return List.of("hotpluggable-cpus"); }

  @Override
  public String help() { return "Show information about hotpluggable CPUs"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    return new QueryHotpluggableCpus().run(vm, NoArguments.NONE).stream().map(InfoHotpluggableCpus::show)
        .collect(Collectors.joining("", "Hotpluggable CPUs:\n", ""));
  }

  private static String show(QueryHotpluggableCpus.HotpluggableCpu cpu) {
    CpuInstance place = cpu.props();
    return """
          type: "%s"
          vcpus_count: "%d"
          qom_path: "%s"
          CPUInstance Properties:
        %s    socket-id: "%d"
            core-id: "%d"
            thread-id: "%d"
        """.formatted(cpu.type(), cpu.vcpusCount(), cpu.qomPath(),
        place.nodeId().map("    node-id: \"%d\"\n"::formatted).orElse(""), place.socketId(), place.coreId(),
        place.threadId());
  }
}
