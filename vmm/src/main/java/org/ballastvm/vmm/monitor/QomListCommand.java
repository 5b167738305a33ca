package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ballastvm.vmm.control.QomList;
import org.ballastvm.vmm.machine.Machine;

/** {@code qom-list [PATH]} */
final class QomListCommand implements Command {
  @Override
  public List<String> names() { return List.of("qom-list"); }

  @Override
  public String parameters() { return "path"; }

  @Override
  public String help() { return "list QOM properties"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    Optional<String> path = arguments.optionalWord();
    arguments.end();
    return path.map(given -> list(vm, given)).orElse("/\n");
  }

  private static String list(Machine vm, String path) {
    return new QomList().run(vm, new QomList.Path(path)).stream()
        .map(property -> property.name() + " (" + property.type() + ")\n").collect(Collectors.joining());
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? QomWords.paths(vm, start) : List.of();
  }
}
