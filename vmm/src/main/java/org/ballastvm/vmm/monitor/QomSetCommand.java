package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QomSet;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.JsonText;

/** {@code qom-set [-j] PATH PROPERTY VALUE} */
final class QomSetCommand implements Command {
  @Override
  public List<String> names() { return List.of("qom-set"); }

  @Override
  public String parameters() { return "[-j] path property value"; }

  @Override
  public String help() { return "set QOM property.\n\t\t\t-j: the value is specified in json format."; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean json = arguments.flag('j');
    String path = arguments.word();
    String property = arguments.word();
    String value = arguments.rest();
    if (json) {
      new QomSet().run(vm, new QomSet.Assignment(path, property, JsonText.parse(value)));
    } else {
      QomSet.setText(vm, path, property, value);
    }
    return "";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    List<String> words = before.equals(List.of("-j")) || before.size() > 1 && before.getFirst().equals("-j")
        ? before.subList(1, before.size())
        : before;
    return switch (words.size()) {
      case 0 -> QomWords.paths(vm, start);
      case 1 -> QomWords.writable(vm, words.getFirst());
      case 2 -> QomWords.values(vm, words.getFirst(), words.getLast());
      default -> List.of();
    };
  }
}
