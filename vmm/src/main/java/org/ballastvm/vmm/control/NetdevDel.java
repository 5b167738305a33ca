package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code netdev_del} */
public final class NetdevDel implements QmpCommand<NetdevDel.Id, QmpCommand.Done> {
  /** A netdev. */
  public record Id(@Member("of the netdev") String id) {}

  @Override
  public String name() { return "netdev_del"; }

  @Override
  public String help() { return "Closes a netdev that no network card is on."; }

  @Override
  public Done run(Machine vm, Id which) {
    vm.objects().netdevs().delete(which.id());
    return Done.DONE;
  }
}
