package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.devices.NetCard;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code set_link} */
public final class SetLink implements QmpCommand<SetLink.Link, QmpCommand.Done> {
  /** A link, and what it should be. */
  public record Link(@Member("id of a network card, or of the netdev that it is on") String name,
      @Member("whether it may be up") boolean up) {}

  @Override
  public String name() { return "set_link"; }

  @Override
  public String help() { return "Pulls the plug of a network card, or puts it in again."; }

  @Override
  public Done run(Machine vm, Link wanted) {
    set(vm, wanted.name(), wanted.up());
    return Done.DONE;
  }

  /**
   * Sets a link.
   *
   * @param vm the machine
   * @param name of a card, or of its netdev
   * @param up whether it may be up
   * @throws UserError if there is no card of that name
   */
  public static void set(Machine vm, String name, boolean up) {
    card(vm, name).orElseThrow(
        () -> new UserError(UserError.Kind.DEVICE_NOT_FOUND, "Device '" + name + "' not found")).device().setLink(up);
  }

  private static Optional<NetCard> card(Machine vm, String name) {
    List<NetCard> cards = vm.devices().networkCards();
    return cards.stream().filter(card -> card.name().equals(name)).findFirst()
        .or(() -> cards.stream().filter(card -> card.config().netdev().equals(name)).findFirst());
  }
}
