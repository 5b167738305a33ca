package org.ballastvm.vmm.qmp;

import java.util.List;
import java.util.function.Supplier;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-commands} */
final class QueryCommands implements QmpCommand<QmpCommand.NoArguments, List<QueryCommands.CommandInfo>> {
  /** A command. */
  record CommandInfo(String name) {}

  private final Supplier<List<QmpCommand<?, ?>>> all;

  /** One that lists all commands, which it is one of itself. */
  QueryCommands(Supplier<List<QmpCommand<?, ?>>> all) {
    this.all = all;
  }

  @Override
  public String name() { return "query-commands"; }

  @Override
  public String help() { return "Lists the commands."; }

  @Override
  public List<CommandInfo> run(Machine vm, NoArguments arguments) {
    return all.get().stream().map(command -> new CommandInfo(command.name())).toList();
  }
}
