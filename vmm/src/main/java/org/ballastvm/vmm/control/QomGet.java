package org.ballastvm.vmm.control;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qom.QomNode;
import org.ballastvm.vmm.wire.Member;

/** {@code qom-get} */
public final class QomGet implements QmpCommand<QomGet.Which, Object> {
  /** A property of an object. */
  public record Which(@Member("of the object; from the root, or an end of it that fits one object alone") String path,
      @Member("its name") String property) {}

  @Override
  public String name() { return "qom-get"; }

  @Override
  public String help() { return "Reads a property of an object."; }

  @Override
  public Object run(Machine vm, Which which) {
    QomNode.Place place = MachineTree.of(vm).resolve(which.path());
    if (which.property().equals("type")) {
      return place.node().type();
    }
    return place.node().children().stream().filter(child -> child.name().equals(which.property())).findFirst()
        .<Object>map(child -> (place.path().equals("/") ? "" : place.path()) + "/" + child.name())
        .orElseGet(() -> place.node().property(which.property()).getter().get());
  }
}
