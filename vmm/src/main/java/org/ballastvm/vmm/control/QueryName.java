package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-name} */
final class QueryName implements QmpCommand<QmpCommand.NoArguments, QueryName.NameInfo> {
  /** A name. */
  record NameInfo(@Member("by -name") String name) {}

  @Override
  public String name() { return "query-name"; }

  @Override
  public String help() { return "Returns the name that the machine was given."; }

  @Override
  public NameInfo run(Machine vm, NoArguments arguments) { return new NameInfo(vm.config().name()); }
}
