package org.ballastvm.vmm.devices;

import java.util.List;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.QomNode;

/** A virtio device on PCI. */
class VirtioCard implements PciCard {
  /** Where the device is, below its PCI function in the object tree. */
  static final String BACKEND = "/virtio-backend";

  private final String kind;
  private final String path;
  private final VirtioPciFunction transport;

  /**
   * A card.
   *
   * @param kind such as {@code virtio-rng}
   * @param path of its PCI function in the object tree
   * @param transport the device behind its transport
   */
  VirtioCard(String kind, String path, VirtioPciFunction transport) {
    this.kind = kind;
    this.path = path;
    this.transport = transport;
  }

  /** {@return where its PCI function is in the object tree} */
  public String path() { return path; }

  @Override
  public VirtioPciFunction function() { return transport; }

  /** {@return what can be read and written of it, by QEMU's names} */
  List<Property> properties() { return List.of(); }

  /**
   * Has it do everything to files of the host that its guest, which is stopped, has asked for, and waits for that.
   *
   * @param endNanos until when at the latest, by System.nanoTime
   * @return whether it is done
   */
  boolean settle(long endNanos) { return true; }

  /** Has it take what its guest, which is stopped, has asked for. */
  final void look() {
    transport.doorbells().forEach(doorbell -> transport.doorbell(doorbell.index()));
  }

  /** {@return what it changes on the host, for a message} */
  String changing() { return path; }

  /** Both of its objects have its properties, as QEMU has it. */
  @Override
  public QomNode node(String name) {
    List<Property> properties = properties();
    QomNode backend = new QomNode(BACKEND.substring(1), kind + "-device", properties, List.of());
    return new QomNode(name, kind + "-pci", properties, List.of(backend));
  }

  @Override
  public void close() { transport.device().close(); }
}
