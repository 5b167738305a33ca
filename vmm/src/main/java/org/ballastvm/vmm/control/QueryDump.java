package org.ballastvm.vmm.control;

import org.ballastvm.vmm.event.DumpResult;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-dump} */
final class QueryDump implements QmpCommand<QmpCommand.NoArguments, DumpResult> {
  @Override
  public String name() { return "query-dump"; }

  @Override
  public String help() { return "Returns how far the last dump of the guest's memory is."; }

  @Override
  public DumpResult run(Machine vm, NoArguments arguments) { return vm.dumps().progress(); }
}
