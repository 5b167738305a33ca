package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code getfd} */
public final class Getfd implements QmpCommand<Getfd.Named, QmpCommand.Done> {
  /** What it is called. */
  public record Named(@Member("what it is called from now on; it begins with no digit") String fdname) {}

  @Override
  public String name() { return "getfd"; }

  @Override
  public String help() {
    return "Names a descriptor that came with this command, by SCM_RIGHTS, for fd= of netdev_add.";
  }

  @Override
  public Done run(Machine vm, Named arguments) { return run(vm, arguments, Passed.none()); }

  @Override
  public Done run(Machine vm, Named arguments, Passed passed) {
    vm.descriptors().put(arguments.fdname(), passed.require());
    return Done.DONE;
  }
}
