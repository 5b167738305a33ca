package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.QomNode;

/**
 * A device on PCI that is no virtio device, and holds nothing of the host.
 *
 * @param type as the object tree names it
 * @param function what the guest sees
 * @param properties what can be read of it
 */
record PlainCard(String type, PciFunction function, List<Property> properties) implements PciCard {
  @Override
  public QomNode node(String name) { return new QomNode(name, type, properties, List.of()); }

  @Override
  public void close() {
    // It holds nothing.
  }
}
