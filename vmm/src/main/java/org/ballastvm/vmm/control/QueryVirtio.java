package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-query-virtio} */
public final class QueryVirtio implements QmpCommand<QmpCommand.NoArguments, List<QueryVirtio.VirtioInfo>> {
  /** A virtio device. */
  public record VirtioInfo(@Member("where it is in the object tree") String path, @Member("what it is") String name) {}

  @Override
  public String name() { return "x-query-virtio"; }

  @Override
  public String help() { return "Lists the virtio devices. Unstable."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<VirtioInfo> run(Machine vm, NoArguments arguments) {
    return VirtioNode.all(vm).stream().map(node -> new VirtioInfo(node.path(), node.device().name())).toList();
  }
}
