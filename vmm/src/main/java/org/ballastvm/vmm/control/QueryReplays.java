package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.devices.ReplayCard;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-replays} */
public final class QueryReplays implements QmpCommand<QmpCommand.NoArguments, List<QueryReplays.ReplayInfo>> {
  /** A device that answers as a recorded one did. */
  public record ReplayInfo(@Member("of the device, if it has one") Optional<String> id,
      @Member("where it is in the object tree") String qomPath,
      @Member("what its driver did otherwise than the recorded one, the first 64 sentences") List<String> findings,
      @Member("how much that was in all") long count,
      @Member("how many recorded chains the driver has not offered since it was ready; none while it is not") Optional<Long> missing) {}

  @Override
  public String name() { return "x-ballast-query-replays"; }

  @Override
  public String help() {
    return "Returns what drivers of replayed devices do otherwise than those that were recorded.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<ReplayInfo> run(Machine vm, NoArguments arguments) {
    return vm.devices().replays().stream().map(QueryReplays::info).toList();
  }

  private static ReplayInfo info(ReplayCard card) {
    return new ReplayInfo(card.id(), card.path(), card.findings(), card.findingCount(),
        card.missing().map(Integer::longValue));
  }
}
