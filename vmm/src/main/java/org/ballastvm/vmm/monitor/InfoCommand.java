package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;

/** {@code info TOPIC}: each topic is a command of its own. */
final class InfoCommand implements Command {
  static final CommandTable TOPICS = new CommandTable("info ",
      List.of(new InfoBalloon(), new InfoBlock(), new InfoChardev(), new InfoCpus(), new InfoDmesg(), new InfoFaults(),
          new InfoGdbServer(),
          new InfoHotpluggableCpus(),
          new InfoIothreads(),
          new InfoIrq(), new InfoKernel(), new InfoKvm(), new InfoLapic(), InfoMem.ranges(), new InfoMemdev(),
          new InfoMemoryDevices(),
          new InfoMemorySizeSummary(), new InfoMtree(), new InfoName(), new InfoNetwork(), new InfoNuma(),
          new InfoPageTable(), new InfoPci(), new InfoPic(),
          new InfoQdm(), new InfoQomTree(), new InfoQtree(), new InfoRecord(), new InfoRegisters(), new InfoReplay(),
          new InfoStacks(), new InfoStatus(), new InfoSymbol(),
          new InfoTasks(), InfoMem.pages(),
          new InfoTraceEvents(), new InfoUuid(), new InfoVersion(), new InfoVirtio(), new InfoVirtioQueueStatus(),
          new InfoVirtioStatus(), new InfoVmGenerationId(), new InfoWatch(), new InfoWrittenPages()));

  @Override
  public List<String> names() { return List.of("info"); }

  @Override
  public String parameters() { return "[subcommand]"; }

  @Override
  public String help() { return "show various information about the system state"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String topic = arguments.name();
    return topic.isEmpty() ? TOPICS.usage() : TOPICS.run(vm, topic, arguments);
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return TOPICS.completions(vm, before, start);
  }
}
