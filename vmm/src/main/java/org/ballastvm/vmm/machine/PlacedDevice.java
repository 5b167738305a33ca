package org.ballastvm.vmm.machine;

import java.util.Optional;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.pci.PciSlot;

/** A device on the PCI bus of a machine. */
public final class PlacedDevice {
  private final DeviceConfig.OnPci config;
  private final String path;
  private final int slot;
  private final PciFunction function;
  private final PciSlot tie;
  private final UnplugWish unplug = new UnplugWish();

  PlacedDevice(DeviceConfig.OnPci config, String path, int slot, PciFunction function, PciSlot tie) {
    this.config = config;
    this.path = path;
    this.slot = slot;
    this.function = function;
    this.tie = tie;
  }

  /** {@return what was asked for} */
  public DeviceConfig.OnPci config() { return config; }

  /** {@return the id that the user gave, if any} */
  public Optional<String> id() { return config.id(); }

  /** {@return where it is in the object tree: {@code /machine/peripheral/ID}, or below {@code peripheral-anon}} */
  public String path() {
    return path;
  }

  /** {@return its PCI slot, 1 to 31} */
  public int slot() { return slot; }

  /** {@return what the guest sees} */
  public PciFunction function() { return function; }

  /** {@return the virtio device behind the function, if it is one} */
  public Optional<VirtioDevice> virtio() {
    return function instanceof VirtioPciFunction transport ? Optional.of(transport.device()) : Optional.empty();
  }

  /** {@return whether the guest was asked to let it go, and has not yet} */
  public boolean unplugPending() {
    return unplug.isPending();
  }

  /** {@return whether the guest is asked to let it go} */
  UnplugWish unplug() { return unplug; }

  /** Gives back what it holds of the host. */
  void close() {
    tie.close();
    virtio().ifPresent(VirtioDevice::close);
  }
}
