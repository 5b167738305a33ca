package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code blockdev-del} */
public final class BlockdevDel implements QmpCommand<BlockdevDel.Node, QmpCommand.Done> {
  /** A node. */
  public record Node(@Member("its name") String nodeName) {}

  @Override
  public String name() { return "blockdev-del"; }

  @Override
  public String help() { return "Deletes a node that nobody uses."; }

  @Override
  public Done run(Machine vm, Node which) {
    vm.disks().deleteNode(which.nodeName());
    return Done.DONE;
  }
}
