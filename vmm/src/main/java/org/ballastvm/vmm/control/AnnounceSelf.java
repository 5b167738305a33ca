package org.ballastvm.vmm.control;

import org.ballastvm.vmm.devices.NetCard;
import org.ballastvm.vmm.machine.Machine;

/** {@code announce-self} */
public final class AnnounceSelf implements QmpCommand<QmpCommand.NoArguments, QmpCommand.Done> {
  @Override
  public String name() { return "announce-self"; }

  @Override
  public String help() {
    return "Asks the guest to make its network cards known to the network, once; its driver does that by itself.";
  }

  @Override
  public Done run(Machine vm, NoArguments arguments) {
    for (NetCard card : vm.devices().networkCards()) {
      card.device().announce();
    }
    return Done.DONE;
  }
}
