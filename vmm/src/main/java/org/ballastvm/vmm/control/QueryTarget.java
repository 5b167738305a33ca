package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code query-target} */
final class QueryTarget implements QmpCommand<QmpCommand.NoArguments, QueryTarget.TargetInfo> {
  /** An architecture. */
  record TargetInfo(@Member("of the machine's processors") Target arch) {}

  @Override
  public String name() { return "query-target"; }

  @Override
  public String help() { return "Returns the architecture of the machine."; }

  @Override
  public TargetInfo run(Machine vm, NoArguments arguments) { return new TargetInfo(Target.X86_64); }
}
