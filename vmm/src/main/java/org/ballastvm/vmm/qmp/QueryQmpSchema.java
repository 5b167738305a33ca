package org.ballastvm.vmm.qmp;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-qmp-schema} */
final class QueryQmpSchema implements QmpCommand<QmpCommand.NoArguments, List<SchemaInfo>> {
  @Override
  public String name() { return "query-qmp-schema"; }

  @Override
  public String help() { return "Tells what each command takes and gives, and what each event tells."; }

  @Override
  public List<SchemaInfo> run(Machine vm, NoArguments arguments) { return Known.SCHEMA; }

  /** Put together when somebody asks first. */
  private static final class Known {
    static final List<SchemaInfo> SCHEMA = Schema.entries();
  }
}
