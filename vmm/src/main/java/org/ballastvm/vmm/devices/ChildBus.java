package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.qom.QomNode;

/**
 * A bus that a PCI device has, as users see it.
 *
 * @param name such as {@code vs0.0}
 * @param type what kind of devices go there
 * @param devices what is on it, in the order in which they came
 */
public record ChildBus(String name, String type, List<Child> devices) {
  /**
   * A device on it.
   *
   * @param id that the user gave, if any
   * @param node it as an object
   * @param summary what is shown of it besides its properties, in a line
   */
  public record Child(Optional<String> id, QomNode node, String summary) {}
}
