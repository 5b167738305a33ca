package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.ballastvm.vmm.machine.Machine;

/** {@code help} */
final class HelpCommand implements Command {
  private final Supplier<CommandTable> all;

  /** One that explains all commands, which it is one of itself. */
  HelpCommand(Supplier<CommandTable> all) {
    this.all = all;
  }

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
      return all.get().usage();
    }
    if (name.get().equals("info")) {
      return topic.map(InfoCommand.TOPICS::usage).orElseGet(InfoCommand.TOPICS::usage);
    }
    return all.get().usage(name.get());
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    if (before.isEmpty()) {
      return all.get().names();
    }
    return before.equals(List.of("info")) ? InfoCommand.TOPICS.names() : List.of();
  }
}
