package org.ballastvm.vmm.qmp;

import java.util.List;
import java.util.function.Supplier;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-qmp-schema} */
final class QueryQmpSchema implements QmpCommand<QmpCommand.NoArguments, List<SchemaInfo>> {
  private final Supplier<List<QmpCommand<?, ?>>> all;
  /** Put together when somebody asks first; if machines of a process ask at once, each puts the same together. */
  private volatile List<SchemaInfo> schema;

  /** One that describes all commands, which it is one of itself. */
  QueryQmpSchema(Supplier<List<QmpCommand<?, ?>>> all) {
    this.all = all;
  }

  @Override
  public String name() { return "query-qmp-schema"; }

  @Override
  public String help() { return "Returns what each command takes and gives, and what each event carries."; }

  @Override
  public List<SchemaInfo> run(Machine vm, NoArguments arguments) {
    List<SchemaInfo> known = schema;
    if (known == null) {
      known = Schema.entries(all.get());
      schema = known;
    }
    return known;
  }
}
