package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.state.RunState;
import org.ballastvm.vmm.wire.Member;

/** {@code query-status} */
final class QueryStatus implements QmpCommand<QmpCommand.NoArguments, QueryStatus.StatusInfo> {
  /** What it is doing. */
  record StatusInfo(@Member("whether its vCPUs run") boolean running,
      @Member("always false: there is no such mode") boolean singlestep, RunState status) {}

  @Override
  public String name() { return "query-status"; }

  @Override
  public String help() { return "Returns what the machine is doing."; }

  @Override
  public StatusInfo run(Machine vm, NoArguments arguments) {
    return new StatusInfo(vm.state() == RunState.RUNNING, false, vm.state());
  }
}
