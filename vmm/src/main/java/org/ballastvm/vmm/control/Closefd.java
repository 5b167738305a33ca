package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code closefd} */
public final class Closefd implements QmpCommand<Closefd.Named, QmpCommand.Done> {
  /** Which. */
  public record Named(@Member("what getfd has called it") String fdname) {}

  @Override
  public String name() { return "closefd"; }

  @Override
  public String help() { return "Closes a descriptor that getfd has named."; }

  @Override
  public Done run(Machine vm, Named arguments) {
    vm.descriptors().close(arguments.fdname());
    return Done.DONE;
  }
}
