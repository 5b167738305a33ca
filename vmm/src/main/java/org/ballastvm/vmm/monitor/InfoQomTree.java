package org.ballastvm.vmm.monitor;

import java.util.Comparator;
import java.util.List;
import org.ballastvm.vmm.control.MachineTree;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.QomNode;

/** {@code info qom-tree [PATH]} */
final class InfoQomTree implements Command {
  @Override
  public List<String> names() { return List.of("qom-tree"); }

  @Override
  public String parameters() { return "[path]"; }

  @Override
  public String help() { return "show QOM composition tree"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String path = arguments.optionalWord().orElse("/machine");
    arguments.end();
    QomNode.Place place = MachineTree.of(vm).resolve(path);
    StringBuilder text = new StringBuilder();
    append(text, "", place.path().substring(place.path().lastIndexOf('/') + 1), place.node());
    return text.toString();
  }

  private static void append(StringBuilder text, String indent, String name, QomNode node) {
    text.append(indent).append('/').append(name).append(" (").append(node.type()).append(")\n");
    node.children().stream().sorted(Comparator.comparing(QomNode::name))
        .forEach(child -> append(text, indent + "  ", child.name(), child));
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? QomWords.paths(vm, start) : List.of();
  }
}
