package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.HostNodes;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-memdev} */
public final class QueryMemdev implements QmpCommand<QmpCommand.NoArguments, List<QueryMemdev.Memdev>> {
  /** A memory backend. */
  public record Memdev(@Member("its id") String id, @Member("in bytes") long size,
      @Member("whether the host may merge equal pages") boolean merge,
      @Member("whether it is part of a core dump") boolean dump,
      @Member("whether all of it is allocated at once") boolean prealloc,
      @Member("whether others may map it") boolean share,
      @Member("whether the host reserves swap for it") boolean reserve,
      @Member("nodes of the host that it is bound to") List<Integer> hostNodes,
      @Member("how it is bound to them") HostNodes.Policy policy) {}

  @Override
  public String name() { return "query-memdev"; }

  @Override
  public String help() { return "Lists the memory backends."; }

  @Override
  public List<Memdev> run(Machine vm, NoArguments arguments) {
    return vm.objects().memory().all().stream().map(entry -> memdev(entry.backend().config())).toList();
  }

  private static Memdev memdev(BackendConfig config) {
    BackendConfig.Common common = config.common();
    return new Memdev(config.id(), config.sizeBytes(), common.merge(), common.dump(), common.prealloc(),
        common.share(), common.reserve(), common.hostNodes().nodes(), common.hostNodes().policy());
  }
}
