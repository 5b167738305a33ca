package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ballastvm.vmm.machine.Machine;

/** {@code help} */
final class HelpCommand implements Command {
  @Override
  public List<String> names() { return List.of("help", "?"); }

  @Override
  public String parameters() { return "[cmd]"; }

  @Override
  public String help() { return "show the help"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    Optional<String> name = arguments.optionalWord();
    Optional<String> topic = arguments.optionalWord();
    arguments.end();
    if (name.isEmpty()) {
      return Commands.ALL.stream().map(command -> Commands.usage("", command)).collect(Collectors.joining());
    }
    if (name.get().equals("info")) {
      return topic.map(InfoCommand::topic).orElseGet(InfoCommand::topics);
    }
    return Commands.find(Commands.ALL, name.get()).map(command -> Commands.usage("", command))
        .orElseThrow(() -> MonitorError.unknown(name.get()));
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    if (before.isEmpty()) {
      return Completion.names(Commands.ALL);
    }
    return before.equals(List.of("info")) ? Completion.names(InfoCommand.TOPICS) : List.of();
  }
}
