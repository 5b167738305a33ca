package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;
import java.util.stream.Collectors;

/** {@code help} */
final class HelpCommand implements Command {
  @Override
  public List<String> names() { return List.of("help", "?"); }

  @Override
  public String parameters() { return "[cmd]"; }

  @Override
  public String help() { return "show the help"; }

  @Override
  public String run(Machine vm, List<String> arguments) {
    requireAtMost(2, arguments);
    if (arguments.isEmpty()) {
      return Commands.ALL.stream().map(command -> Commands.usage("", command)).collect(Collectors.joining());
    }
    if (arguments.getFirst().equals("info")) {
      return arguments.size() == 1 ? InfoCommand.topics() : InfoCommand.topic(arguments.get(1));
    }
    return Commands.find(Commands.ALL, arguments.getFirst()).map(command -> Commands.usage("", command))
        .orElseThrow(() -> MonitorError.unknown(arguments.getFirst()));
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    if (before.isEmpty()) {
      return Completion.names(Commands.ALL);
    }
    return before.equals(List.of("info")) ? Completion.names(InfoCommand.TOPICS) : List.of();
  }
}
