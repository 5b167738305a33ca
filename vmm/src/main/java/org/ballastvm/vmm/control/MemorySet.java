package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code memory-set} */
public final class MemorySet implements QmpCommand<MemorySet.Total, MemorySet.Steps> {
  /** How much the guest should have. */
  public record Total(
      @Member("base memory, DIMMs and what virtio-mem has plugged, less the balloon, in bytes") long size) {}

  /** What is done for that. */
  public record Steps(
      @Member("a line for each step; none if the guest was asked for this already") List<String> steps) {}

  @Override
  public String name() { return "memory-set"; }

  @Override
  public String help() {
    return "Brings the guest to a total by the means at hand: virtio-mem, then DIMMs, then the balloon. "
        + "MEMORY_SET_ENDED is emitted when it is reached, or says why not.";
  }

  @Override
  public Steps run(Machine vm, Total wanted) { return new Steps(vm.memoryGoal().set(wanted.size())); }
}
