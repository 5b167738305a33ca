package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.pci.PciSlot;
import org.ballastvm.vmm.qom.QomNode;

/** A device in a slot of the PCI bus. */
public final class PciDevice implements PluggedDevice {
  private final DeviceConfig.OnPci config;
  private final String path;
  private final int slot;
  private final PciCard card;
  private final PciSlot tie;
  private final UnplugRequest unplug = new UnplugRequest();

  PciDevice(DeviceConfig.OnPci config, String path, int slot, PciCard card, PciSlot tie) {
    this.config = config;
    this.path = path;
    this.slot = slot;
    this.card = card;
    this.tie = tie;
  }

  @Override
  public DeviceConfig.OnPci config() { return config; }

  @Override
  public String path() { return path; }

  @Override
  public QomNode node() { return card.node(nodeName()); }

  /** {@return its PCI slot, 1 to 31} */
  public int slot() { return slot; }

  /** {@return what the guest sees} */
  public PciFunction function() { return card.function(); }

  /** {@return the bus that it has, if it has one; its devices are as they are now} */
  public Optional<ChildBus> bus() {
    return card.bus();
  }

  /** {@return whether the guest was asked to let it go, and has not yet} */
  public boolean unplugPending() {
    return unplug.isPending();
  }

  /** {@return what its kind knows of it} */
  PciCard card() { return card; }

  /** {@return whether the guest is asked to let it go} */
  UnplugRequest unplug() { return unplug; }

  /** Gives back what it holds of the host. */
  void close() {
    tie.close();
    card.close();
  }
}
