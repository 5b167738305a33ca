package org.ballastvm.vmm.control;

import java.util.List;
import org.ballastvm.vmm.event.MachineEvent.OspmStatus;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-acpi-ospm-status} */
final class QueryAcpiOspmStatus implements QmpCommand<QmpCommand.NoArguments, List<OspmStatus>> {
  @Override
  public String name() { return "query-acpi-ospm-status"; }

  @Override
  public String help() { return "Lists what the guest last reported of each slot for DIMMs."; }

  @Override
  public List<OspmStatus> run(Machine vm, NoArguments arguments) { return vm.devices().dimms().lastReported(); }
}
