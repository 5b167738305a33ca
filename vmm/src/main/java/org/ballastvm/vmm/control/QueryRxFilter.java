package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.net.MacAddress;
import org.ballastvm.virtio.net.RxMode;
import org.ballastvm.virtio.net.RxState;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.NetCard;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-rx-filter} */
public final class QueryRxFilter implements QmpCommand<QueryRxFilter.Card, List<QueryRxFilter.RxFilterInfo>> {
  /** A network card. */
  public record Card(@Member("its id; all of them without") Optional<String> name) {}

  /** Which frames of a kind a guest wants. */
  public enum RxFilterMode {
    /** Those to addresses that it has named. */
    NORMAL,
    /** None. */
    NONE,
    /** All. */
    ALL
  }

  /** Which frames the guest of a card wants. */
  public record RxFilterInfo(@Member("of the card") String name,
      @Member("whether it wants all frames") boolean promiscuous,
      @Member("which of those to groups") RxFilterMode multicast,
      @Member("which of those to single stations") RxFilterMode unicast,
      @Member("which of those in virtual networks; there is no filter") RxFilterMode vlan,
      @Member("whether it wants those to all") boolean broadcastAllowed,
      @Member("whether it named more groups than are kept, so that all come") boolean multicastOverflow,
      @Member("whether it named more stations than are kept, so that all come") boolean unicastOverflow,
      @Member("its address") String mainMac, @Member("virtual networks that it named; none") List<Integer> vlanTable,
      @Member("stations that it named") List<String> unicastTable,
      @Member("groups that it named") List<String> multicastTable) {}

  @Override
  public String name() { return "query-rx-filter"; }

  @Override
  public String help() { return "Returns which frames the guest wants of its network cards."; }

  @Override
  public List<RxFilterInfo> run(Machine vm, Card which) {
    List<RxFilterInfo> found = vm.devices().networkCards().stream()
        .filter(card -> which.name().isEmpty() || which.name().get().equals(card.name())).map(QueryRxFilter::of)
        .toList();
    if (found.isEmpty() && which.name().isPresent()) {
      throw new UserError("invalid net client name: " + which.name().get());
    }
    return found;
  }

  private static RxFilterInfo of(NetCard card) {
    RxState state = card.device().filter();
    return new RxFilterInfo(card.name(), state.has(RxMode.PROMISC),
        mode(state, RxMode.NOMULTI, RxMode.ALLMULTI, state.multicastOverflow()),
        mode(state, RxMode.NOUNI, RxMode.ALLUNI, state.unicastOverflow()), RxFilterMode.ALL,
        !state.has(RxMode.NOBCAST), state.multicastOverflow(), state.unicastOverflow(), card.device().mac().toString(),
        List.of(), addresses(state.unicast()), addresses(state.multicast()));
  }

  private static RxFilterMode mode(RxState state, RxMode none, RxMode all, boolean overflow) {
    return state.has(none) ? RxFilterMode.NONE : state.has(all) || overflow ? RxFilterMode.ALL : RxFilterMode.NORMAL;
  }

  private static List<String> addresses(List<Long> bits) {
    return bits.stream().map(address -> new MacAddress(address).toString()).toList();
  }
}
