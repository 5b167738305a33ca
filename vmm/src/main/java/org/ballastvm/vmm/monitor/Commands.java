package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.machine.Machine;

/** All commands. Help, and whatever else needs to know them, derives from this list. */
final class Commands {
  static final List<Command> ALL = List.of(new BalloonCommand(), new ContCommand(), new HelpCommand(),
      new InfoCommand(), new QuitCommand(), new StopCommand(), new SystemPowerdownCommand(), new SystemResetCommand());

  private Commands() {}

  static Optional<Command> find(List<Command> commands, String name) {
    return commands.stream().filter(command -> command.names().contains(name)).findFirst();
  }

  /** Runs a line; what it prints, or its error. */
  static String run(Machine machine, String line) {
    List<String> words = List.of(line.strip().split("\\s+"));
    if (words.getFirst().isEmpty()) {
      return "";
    }
    try {
      return find(ALL, words.getFirst())
          .orElseThrow(() -> new MonitorError("unknown command: '" + words.getFirst() + "'"))
          .run(machine, words.subList(1, words.size()));
    } catch (MonitorError e) {
      return e.getMessage() + "\n";
    } catch (IllegalStateException e) {
      return "Error: " + e.getMessage() + "\n";
    }
  }

  static String usage(String prefix, Command command) {
    String parameters = command.parameters().isEmpty() ? "" : " " + command.parameters();
    return prefix + String.join("|", command.names()) + parameters + " -- " + command.help() + "\n";
  }
}
