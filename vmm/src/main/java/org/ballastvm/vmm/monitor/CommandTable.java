package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ballastvm.vmm.machine.Machine;

/** Commands that the next word of a line chooses from. What runs, help and completion derive from the one list. */
final class CommandTable {
  private final String prefix;
  private final List<Command> commands;

  /**
   * A table.
   *
   * @param prefix what stands before a command's name on a line, such as {@code info} and a space; empty for nothing
   * @param commands in the order in which help lists them
   */
  CommandTable(String prefix, List<Command> commands) {
    this.prefix = prefix;
    this.commands = List.copyOf(commands);
  }

  List<Command> commands() { return commands; }

  private Optional<Command> find(String name) {
    return commands.stream().filter(command -> command.names().contains(name)).findFirst();
  }

  private Command require(String name) { return find(name).orElseThrow(() -> MonitorError.unknown(prefix + name)); }

  /** Runs the command of that name; what it prints. */
  String run(Machine vm, String name, Arguments arguments) {
    Command command = require(name);
    try {
      return command.run(vm, arguments.of(String.join("|", command.names())));
    } catch (MonitorError e) {
      throw e.isMisuse() ? e.withHint(prefix + name) : e;
    }
  }

  /** The help on all of them, a line each. */
  String usage() {
    return commands.stream().map(this::line).collect(Collectors.joining());
  }

  /** The help on the command of that name, a line. */
  String usage(String name) { return line(require(name)); }

  private String line(Command command) {
    return prefix + String.join("|", command.names()) + " " + command.parameters() + " -- " + command.help() + "\n";
  }

  List<String> names() { return commands.stream().flatMap(command -> command.names().stream()).toList(); }

  /** What the next word could be, behind these: a name, or what the command that they name says. */
  List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty()
        ? names()
        : find(before.getFirst()).map(command -> command.completions(vm, before.subList(1, before.size()), start))
            .orElse(List.of());
  }
}
