package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.FdSets;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-fdsets} */
public final class QueryFdsets implements QmpCommand<QmpCommand.NoArguments, List<QueryFdsets.FdsetInfo>> {
  /** A set. */
  public record FdsetInfo(@Member("its number") long fdsetId, @Member("its descriptors") List<FdsetFdInfo> fds) {}

  /** A descriptor of a set. */
  public record FdsetFdInfo(@Member("its number in this process") long fd,
      @Member("what its giver calls it") Optional<String> opaque) {}

  @Override
  public String name() { return "query-fdsets"; }

  @Override
  public String help() { return "Lists the sets of descriptors that this process was given."; }

  @Override
  public List<FdsetInfo> run(Machine vm, NoArguments arguments) {
    return FdSets.ofProcess().all().stream().map(set -> new FdsetInfo(set.id(), set.members().stream()
        .map(member -> new FdsetFdInfo(member.number(), member.opaque())).toList())).toList();
  }
}
