package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.VcpuThread;
import org.ballastvm.vmm.wire.Member;

/** {@code query-cpus-fast} */
public final class QueryCpusFast implements QmpCommand<QmpCommand.NoArguments, List<QueryCpusFast.CpuInfo>> {
  /** A processor. */
  public record CpuInfo(@Member("from 0") int cpuIndex, @Member("where it is in the object tree") String qomPath,
      @Member("number of the host's thread that runs it; it changes with a reset") long threadId,
      @Member("where it sits") CpuInstance props, @Member("what it is") Target target) {}

  @Override
  public String name() { return "query-cpus-fast"; }

  @Override
  public String help() { return "Lists the processors; none is interrupted for it."; }

  @Override
  public List<CpuInfo> run(Machine vm, NoArguments arguments) {
    return vm.vcpus().stream().map(cpu -> info(vm, cpu)).toList();
  }

  private static CpuInfo info(Machine vm, VcpuThread cpu) {
    return new CpuInfo(cpu.index(), MachineTree.cpuPath(cpu.index()), cpu.threadId(),
        CpuInstance.of(vm.config(), cpu.index()), Target.X86_64);
  }
}
