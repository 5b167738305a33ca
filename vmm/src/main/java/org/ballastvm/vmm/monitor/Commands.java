package org.ballastvm.vmm.monitor;

import org.ballastvm.vmm.machine.Machine;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.UserError;

/** All commands. Help, completion, and whatever else needs to know them, derive from this list. */
final class Commands {
  static final List<Command> ALL = List.of(new BalloonCommand(), new ContCommand(), new HelpCommand(),
      new InfoCommand(), new QuitCommand(), new StopCommand(), new SystemPowerdownCommand(), new SystemResetCommand());

  private Commands() {}

  static Optional<Command> find(List<Command> commands, String name) {
    return commands.stream().filter(command -> command.names().contains(name)).findFirst();
  }

  /** Runs a line; what it prints, or its error. */
  static String run(Machine vm, String line) {
    List<String> words = List.of(line.strip().split("\\s+"));
    if (words.getFirst().isEmpty()) {
      return "";
    }
    try {
      return find(ALL, words.getFirst()).orElseThrow(() -> MonitorError.unknown(words.getFirst()))
          .run(vm, words.subList(1, words.size()));
    } catch (MonitorError e) {
      return e.getMessage() + "\n" + (e.isMisuse() ? hint(words) : "");
    } catch (UserError | HostError e) {
      return "Error: " + e.getMessage() + "\n";
    }
  }

  private static String hint(List<String> words) {
    boolean topic = words.getFirst().equals("info") && words.size() > 1;
    return "Try \"help " + (topic ? "info " + words.get(1) : words.getFirst()) + "\" for more information\n";
  }

  static String usage(String prefix, Command command) {
    return prefix + String.join("|", command.names()) + " " + command.parameters() + " -- " + command.help() + "\n";
  }
}
