package org.ballastvm.vmm.qmp;

import java.util.List;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.machine.Machine;

/** {@code query-commands} */
final class QueryCommands implements QmpCommand<QmpCommand.NoArguments, List<QueryCommands.CommandInfo>> {
  /** A command. */
  record CommandInfo(String name) {}

  @Override
  public String name() { return "query-commands"; }

  @Override
  public String help() { return "Lists the commands."; }

  @Override
  public List<CommandInfo> run(Machine vm, NoArguments arguments) {
    return QmpCommands.ALL.stream().map(command -> new CommandInfo(command.name())).toList();
  }
}
