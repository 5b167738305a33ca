package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.wire.Member;

/** {@code qom-list} */
public final class QomList implements QmpCommand<QomList.Path, List<QomList.PropertyInfo>> {
  /** An object. */
  public record Path(@Member("of the object; from the root, or an end of it that fits one object alone") String path) {}

  /** A property, or a child. */
  public record PropertyInfo(String name, @Member("child<TYPE> for an object below") String type) {}

  @Override
  public String name() { return "qom-list"; }

  @Override
  public String help() { return "Lists the properties of an object, and the objects below it."; }

  @Override
  public List<PropertyInfo> run(Machine vm, Path arguments) {
    QomNode node = MachineTree.of(vm).resolve(arguments.path()).node();
    List<PropertyInfo> all = new ArrayList<>();
    all.add(new PropertyInfo("type", "string"));
    node.properties().forEach(property -> all.add(new PropertyInfo(property.name(), property.type().name())));
    node.children().forEach(child -> all.add(new PropertyInfo(child.name(), "child<" + child.type() + ">")));
    return all;
  }
}
