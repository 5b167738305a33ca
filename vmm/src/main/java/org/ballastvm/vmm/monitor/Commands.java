package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.machine.CommandError;
import org.ballastvm.vmm.machine.Machine;

/** All commands. Help, completion, and whatever else needs to know them, derive from this list. */
final class Commands {
  static final List<Command> ALL = List.of(new BalloonCommand(), new ContCommand(), new DeviceAddCommand(),
      new DeviceDelCommand(), new FreePageHintCommand(), new HelpCommand(), new InfoCommand(), new MemoryCommand(),
      new VirtualSaveCommand(),
      new NmiCommand(),
      new ObjectAddCommand(), new ObjectDelCommand(), new PhysicalSaveCommand(), new PrintCommand(),
      new QomGetCommand(), new QomListCommand(), new QomSetCommand(), new QuitCommand(), new StopCommand(),
      new SystemPowerdownCommand(), new SystemResetCommand(), new SystemWakeupCommand(),
      new TraceEventCommand(), new VirtualDumpCommand(),
      new PhysicalDumpCommand());

  private Commands() {}

  static Optional<Command> find(List<Command> commands, String name) {
    return commands.stream().filter(command -> command.names().contains(name)).findFirst();
  }

  /** Runs a line; what it prints, or its error. */
  static String run(Machine vm, String line) {
    Arguments arguments = new Arguments(vm, "", line);
    String name = arguments.name();
    if (name.isEmpty()) {
      return "";
    }
    try {
      return run(vm, ALL, "", name, arguments);
    } catch (MonitorError e) {
      return e.getMessage() + "\n";
    } catch (RuntimeException | Error e) {
      return "Error: " + CommandError.sentence(name, e, () -> vm.objects().memory()) + "\n";
    }
  }

  /** Runs the command of that name, behind a prefix such as {@code info}. */
  static String run(Machine vm, List<Command> commands, String prefix, String name, Arguments arguments) {
    Command command = find(commands, name).orElseThrow(() -> MonitorError.unknown(prefix + name));
    try {
      return command.run(vm, arguments.of(String.join("|", command.names())));
    } catch (MonitorError e) {
      throw e.isMisuse() ? e.withHint(prefix + name) : e;
    }
  }

  static String usage(String prefix, Command command) {
    return prefix + String.join("|", command.names()) + " " + command.parameters() + " -- " + command.help() + "\n";
  }
}
