package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.config.CpuConfig;
import org.ballastvm.vmm.machine.BaseMemory;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-machines} */
final class QueryMachines implements QmpCommand<QmpCommand.NoArguments, List<QueryMachines.MachineInfo>> {
  /** A kind of machine. */
  record MachineInfo(@Member("for -machine") String name,
      @Member("whether it is the one without -machine") boolean isDefault,
      @Member("how many processors it can have") int cpuMax,
      @Member("whether processors come and go while it runs") boolean hotpluggableCpus,
      @Member("whether -numa node takes mem=") boolean numaMemSupported,
      @Member("always false") boolean deprecated, @Member("what its processors are") String defaultCpuType,
      @Member("id of base memory that nobody named") String defaultRamId) {}

  @Override
  public String name() { return "query-machines"; }

  @Override
  public String help() { return "Lists the kinds of machines; there is one."; }

  @Override
  public List<MachineInfo> run(Machine vm, NoArguments arguments) {
    return List.of(new MachineInfo("ballast", true, CpuConfig.MOST, false, false, false, MachineTree.CPU_TYPE,
        BaseMemory.OWN_RAM));
  }
}
