package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.acpi.AcpiPorts;
import org.ballastvm.vmm.acpi.PciInterruptRouting;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.PciHotplug;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.pci.BarPlacement;
import org.ballastvm.vmm.pci.PciBus;
import org.ballastvm.vmm.pci.PciSlot;

/**
 * The devices on the PCI bus: each gets a slot, addresses and an interrupt line, and lets go of them when the guest ejects
 * it.
 *
 * <p>
 * An ejected device is off its bus at once, on the vCPU's thread; the rest follows on the event loop, which may be at work
 * with the device.
 */
final class PciDevices implements DeviceBus {
  private static final PciInterruptRouting ROUTING = PciInterruptRouting.swizzled();
  private static final String NAMELESS = "device";

  private final Site site;
  private final DevicePaths paths;
  private final BarPlacement bars;
  private final PciHotplug hotplug = new PciHotplug(this::ejected);
  /** Replaced whole: other threads read it. */
  private volatile List<PciDevice> all = List.of();

  /** An empty bus, whose hotplug registers are at their ports from here on. */
  PciDevices(Site site, DevicePaths paths) {
    this.site = site;
    this.paths = paths;
    this.bars = new BarPlacement(site.memory().layout().lowPciBase(), GuestLayout.LOW_PCI_END);
    site.buses().ports().map(hotplug, "acpi-pci-hotplug", AcpiPorts.PCI_HOTPLUG_BASE, AcpiPorts.PCI_HOTPLUG_BYTES);
  }

  @Override
  public List<PciDevice> all() { return all; }

  /** {@return the first card of a type, if there is one; any thread} */
  <T> Optional<T> card(Class<T> type) {
    for (PciDevice device : all) {
      if (type.isInstance(device.card())) {
        return Optional.of(type.cast(device.card()));
      }
    }
    return Optional.empty();
  }

  /** {@return the cards of a type, in the order in which they came; any thread} */
  <T> List<T> cards(Class<T> type) {
    List<T> found = new ArrayList<>();
    for (PciDevice device : all) {
      if (type.isInstance(device.card())) {
        found.add(type.cast(device.card()));
      }
    }
    return found;
  }

  /** {@return the device in a slot, if there is one; any thread} */
  Optional<PciDevice> inSlot(int slot) {
    return all.stream().filter(device -> device.slot() == slot).findFirst();
  }

  /**
   * Puts a device into a slot.
   *
   * @param config what was asked for
   * @param hot whether the guest may run already, so that it has to be notified
   * @param maker makes the card, of its path in the object tree
   */
  void plug(DeviceConfig.OnPci config, boolean hot, Function<String, PciCard> maker) {
    int slot = slotFor(config);
    String path = paths.of(config, NAMELESS);
    PciCard card = maker.apply(path);
    PciDevice device;
    try {
      device = new PciDevice(config, path, slot, card, tie(config, slot, card));
    } catch (RuntimeException e) {
      card.close();
      card.release();
      throw e;
    }
    List<PciDevice> next = new ArrayList<>(all);
    next.add(device);
    all = List.copyOf(next);
    paths.taken(config, NAMELESS);
    site.buses().pci().plug(slot, card.function());
    card.plugged();
    if (hot) {
      hotplug.came(slot);
      announce();
    }
  }

  private PciSlot tie(DeviceConfig.OnPci config, int slot, PciCard card) {
    Buses buses = site.buses();
    int gsi = ROUTING.gsi(slot, 0);
    bars.place(card.function(), buses.pci());
    card.function().placeInterruptLine(gsi);
    PciSlot tie = new PciSlot(card.function(), config.id().orElse("pci-" + slot), buses.memory(), buses.board(),
        card.listener(site.loop()), buses.board().line(gsi));
    card.tied(tie);
    return tie;
  }

  private int slotFor(DeviceConfig.OnPci config) {
    OptionalInt wanted = config.slot();
    if (wanted.isPresent() && !isFree(wanted.getAsInt())) {
      throw new UserError("PCI: slot " + wanted.getAsInt() + " function 0 not available for " + config.driver()
          + ", in use by " + occupant(wanted.getAsInt()));
    }
    return wanted.orElseGet(() -> IntStream.range(1, PciBus.SLOTS).filter(this::isFree)
        .findFirst().orElseThrow(() -> new UserError(
            "PCI: no slot/function available for " + config.driver() + ", all in use or reserved")));
  }

  private boolean isFree(int slot) { return slot != 0 && inSlot(slot).isEmpty(); }

  private String occupant(int slot) {
    return inSlot(slot).map(other -> other.config().driver() + ",id=" + other.id().orElse("(null)"))
        .orElse("the host bridge");
  }

  @Override
  public void requestUnplug(PluggedDevice plugged, long nowNanos) {
    PciDevice device = (PciDevice) plugged;
    device.unplug().rejectIfRecent(device.id().orElse(device.path()), nowNanos);
    device.card().requireRemovable();
    device.unplug().sent(nowNanos);
    hotplug.askedToGo(device.slot());
    announce();
  }

  private void announce() { site.buses().power().announce(AcpiPorts.GED_PCI_HOTPLUG); }

  /** The guest lets go of what is in a slot, on a vCPU's thread. It need not have been asked. */
  private void ejected(int slot) {
    for (PciDevice device : all) {
      if (device.slot() == slot && site.buses().pci().unplug(slot, device.function())) {
        device.function().detach();
        site.loop().post(() -> remove(device));
      }
    }
  }

  /** Takes a device out of its slot, as if somebody pulled it; the guest is notified then. On the event loop. */
  void pullOut(PciDevice device) {
    if (site.buses().pci().unplug(device.slot(), device.function())) {
      device.function().detach();
      remove(device);
      hotplug.askedToGo(device.slot());
      announce();
    }
  }

  private void remove(PciDevice device) {
    List<PciDevice> rest = new ArrayList<>(all);
    if (!rest.remove(device)) {
      return; // A reset was faster.
    }
    device.close();
    device.card().release();
    hotplug.gone(device.slot());
    all = List.copyOf(rest);
    if (device.function() instanceof VirtioPciFunction) {
      site.events().emit(new MachineEvent.DeviceDeleted(Optional.empty(), device.path() + VirtioCard.BACKEND));
    }
    site.events().emit(new MachineEvent.DeviceDeleted(device.id(), device.path()));
  }

  @Override
  public void reset() {
    for (PciDevice device : all) {
      if (device.unplugPending()) {
        site.buses().pci().unplug(device.slot(), device.function());
        remove(device);
      }
    }
    hotplug.reset();
  }

  @Override
  public void close() {
    all.reversed().forEach(PciDevice::close);
    all = List.of();
  }
}
