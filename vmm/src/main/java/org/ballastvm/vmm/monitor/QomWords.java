package org.ballastvm.vmm.monitor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ballastvm.vmm.control.MachineTree;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.QomNode;

/** What of the object tree completes a line: paths, properties and their values. */
final class QomWords {
  private QomWords() {}

  /**
   * Paths, one part at a time: those from the root if it begins with a slash, otherwise those that begin with an object's
   * name, which is enough where only one has it.
   */
  static List<String> paths(Machine vm, String start) {
    QomNode root = MachineTree.of(vm);
    int slash = start.lastIndexOf('/');
    if (slash < 0) {
      List<String> found = new ArrayList<>();
      found.add("/");
      collect(root, found);
      return found;
    }
    String parent = start.substring(0, slash + 1);
    QomNode node = slash == 0 ? root : root.resolve(start.substring(0, slash)).node();
    return node.children().stream().map(child -> parent + step(child)).toList();
  }

  private static void collect(QomNode node, List<String> found) {
    for (QomNode child : node.children()) {
      found.add(step(child));
      collect(child, found);
    }
  }

  private static String step(QomNode node) { return node.name() + (node.children().isEmpty() ? "" : "/"); }

  /** Properties of an object, and its children. */
  static List<String> readable(Machine vm, String path) {
    QomNode node = node(vm, path);
    return Stream.of(Stream.of("type"), node.properties().stream().map(Property::name),
        node.children().stream().map(QomNode::name)).flatMap(names -> names).toList();
  }

  /** Properties of an object that can be set. */
  static List<String> writable(Machine vm, String path) {
    return node(vm, path).properties().stream().filter(property -> property.setter().isPresent()).map(Property::name)
        .toList();
  }

  /** Values of a property, if it has only so many. */
  static List<String> values(Machine vm, String path, String property) {
    return node(vm, path).property(property).type().values();
  }

  private static QomNode node(Machine vm, String path) { return MachineTree.of(vm).resolve(path).node(); }
}
