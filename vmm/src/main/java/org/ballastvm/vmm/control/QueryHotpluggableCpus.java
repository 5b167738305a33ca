package org.ballastvm.vmm.control;

import java.util.List;
import java.util.stream.IntStream;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-hotpluggable-cpus} */
public final class QueryHotpluggableCpus
    implements
      QmpCommand<QmpCommand.NoArguments, List<QueryHotpluggableCpus.HotpluggableCpu>> {
  /** A place for a processor. */
  public record HotpluggableCpu(@Member("what fits") String type, @Member("always 1") int vcpusCount,
      @Member("where it is") CpuInstance props,
      @Member("the processor there, in the object tree; all places are taken from the start") String qomPath) {}

  @Override
  public String name() { return "query-hotpluggable-cpus"; }

  @Override
  public String help() { return "Lists the places that processors have."; }

  @Override
  public List<HotpluggableCpu> run(Machine vm, NoArguments arguments) {
    return IntStream.range(0, vm.config().cpus().count())
        .mapToObj(i -> new HotpluggableCpu(MachineTree.CPU_TYPE, 1, CpuInstance.of(vm.config(), i),
            MachineTree.cpuPath(i)))
        .toList();
  }
}
