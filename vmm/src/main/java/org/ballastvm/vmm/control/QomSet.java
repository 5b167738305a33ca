package org.ballastvm.vmm.control;

import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.wire.Member;

/** {@code qom-set} */
public final class QomSet implements QmpCommand<QomSet.Assignment, QmpCommand.Done> {
  /** A property of an object, and what it should be. */
  public record Assignment(
      @Member("of the object; from the root, or an end of it that fits one object alone") String path,
      @Member("its name") String property, @Member("what it should be, of its type") Object value) {}

  @Override
  public String name() { return "qom-set"; }

  @Override
  public String help() { return "Writes a property of an object."; }

  @Override
  public Done run(Machine vm, Assignment wanted) {
    Property property = writable(vm, wanted.path(), wanted.property());
    property.setter().orElseThrow().accept(property.type().fromJson(wanted.property(), wanted.value()));
    return Done.DONE;
  }

  /**
   * Writes a property by what a person typed.
   *
   * @param vm the machine
   * @param path of the object
   * @param name of the property
   * @param text for example {@code 64M}, {@code on}
   */
  public static void setText(Machine vm, String path, String name, String text) {
    Property property = writable(vm, path, name);
    property.setter().orElseThrow().accept(property.type().fromText(name, text));
  }

  private static Property writable(Machine vm, String path, String name) {
    QomNode node = MachineTree.of(vm).resolve(path).node();
    Property property = node.property(name);
    if (property.setter().isEmpty()) {
      throw new UserError("Property '" + node.type() + "." + name + "' is not writable");
    }
    return property;
  }
}
