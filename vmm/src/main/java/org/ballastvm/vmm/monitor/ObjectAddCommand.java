package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.control.ObjectAdd;
import org.ballastvm.vmm.machine.Machine;

/** {@code object_add TYPE,id=ID,...} */
final class ObjectAddCommand implements Command {
  @Override
  public List<String> names() { return List.of("object_add"); }

  @Override
  public String parameters() { return "[qom-type=]type,id=str[,prop=value][,...]"; }

  @Override
  public String help() { return "create QOM object"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String given = arguments.rest();
    if (given.equals("help")) {
      return ObjectModels.LIST + "\n";
    }
    Optional<String> help = OptionWords.OBJECTS.help(given);
    if (help.isPresent()) {
      return help.get();
    }
    ObjectAdd.add(vm, KeyValues.parse("object_add", given, "qom-type"));
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? OptionWords.OBJECTS.completions(vm, start) : List.of();
  }
}
