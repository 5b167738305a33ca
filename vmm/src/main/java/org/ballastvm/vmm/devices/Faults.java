package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.ballastvm.fault.DeviceFaults;
import org.ballastvm.fault.Fault;
import org.ballastvm.fault.FaultKind;
import org.ballastvm.fault.FaultOwner;
import org.ballastvm.fault.Strike;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.Log;

/**
 * What goes wrong with a machine's devices, because a user wants it to. A device that nobody gave a fault has nothing of
 * this. Belongs to the event loop, or is used before it has started.
 */
public final class Faults {
  /** From here on only the 1st, 2nd, 4th, 8th... strike of a device is logged. */
  private static final int LOGGED = 64;

  private final Site site;
  private final DeviceBuses buses;
  private final LoopDelays delays;
  private final IdentityHashMap<PluggedDevice, DeviceFaults> all = new IdentityHashMap<>();

  Faults(Site site, DeviceBuses buses) {
    this.site = site;
    this.buses = buses;
    this.delays = new LoopDelays(site.loop());
  }

  /**
   * A device that has, or had, faults.
   *
   * @param device which
   * @param faults what
   */
  public record Faulty(PluggedDevice device, DeviceFaults faults) {}

  /**
   * Has something go wrong with a device.
   *
   * @param name its id, or its path in the object tree
   * @param fault what, and when
   * @throws UserError if there is no such device, or such a fault cannot happen to it
   */
  public void inject(String name, Fault fault) {
    PluggedDevice device = buses.require(name);
    List<FaultKind> possible = FaultKind.of(List.copyOf(owners(device)));
    if (!possible.contains(fault.kind())) {
      throw new UserError("what=" + fault.kind().word() + " cannot happen to " + device.config().driver() + "; "
          + (possible.isEmpty() ? "nothing can" : "there are " + FaultKind.words(possible)));
    }
    DeviceFaults faults = all.get(device);
    if (faults == null) {
      faults = new DeviceFaults(strike -> log(device, strike));
      all.put(device, faults);
      goWrong(device, faults);
    }
    try {
      faults.add(fault);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
    if (fault.isAtOnce()) {
      faults.strikeAtOnce(fault);
      strike((PciDevice) device, fault);
    }
  }

  private void goWrong(PluggedDevice device, DeviceFaults faults) {
    if (device instanceof PciDevice card) {
      card.function().goWrong(faults, delays::after);
    } else if (device instanceof Dimm dimm) {
      dimm.goWrong(faults);
    }
  }

  private void strike(PciDevice device, Fault fault) {
    if (fault.kind() == FaultKind.REMOVE) {
      site.loop().post(() -> buses.pci().pullOut(device));
    } else {
      device.function().strike(fault);
    }
  }

  /**
   * Takes all faults of a device away; what they kept back comes.
   *
   * @param name its id, or its path in the object tree
   * @throws UserError if there is no such device
   */
  public void clear(String name) { mend(buses.require(name)); }

  /** Takes all faults away. */
  public void clear() { List.copyOf(all.keySet()).forEach(this::mend); }

  private void mend(PluggedDevice device) {
    DeviceFaults faults = all.get(device);
    if (faults != null) {
      faults.clear();
      if (device instanceof PciDevice card) {
        card.function().mend();
      }
    }
  }

  /** {@return the devices that have, or had, faults, in the order of all devices} */
  public List<Faulty> all() {
    all.keySet().retainAll(buses.devices());
    List<Faulty> found = new ArrayList<>();
    for (PluggedDevice device : buses.devices()) {
      if (all.containsKey(device)) {
        found.add(new Faulty(device, all.get(device)));
      }
    }
    return found;
  }

  /** Which faults can happen to a device. */
  private static Set<FaultOwner> owners(PluggedDevice device) {
    Set<FaultOwner> owners = EnumSet.noneOf(FaultOwner.class);
    if (device instanceof Dimm) {
      owners.add(FaultOwner.DIMM);
    } else if (device instanceof PciDevice card) {
      owners.add(FaultOwner.PCI);
      addVirtio(owners, card.function());
    }
    return owners;
  }

  /** Queues that another serves do not pass here. */
  private static void addVirtio(Set<FaultOwner> owners, PciFunction function) {
    if (function instanceof VirtioPciFunction virtio && virtio.device().server().queues() == 0) {
      owners.add(FaultOwner.VIRTIO);
      FaultOwner.ofVirtioType(virtio.device().type()).ifPresent(owners::add);
    }
  }

  private static void log(PluggedDevice device, Strike strike) {
    if (strike.number() <= LOGGED || Long.bitCount(strike.number()) == 1) {
      Log.of(Faults.class).warn("{}: fault {}: {}{}", device.id().orElse(device.path()), strike.number(),
          strike.words(), strike.number() < LOGGED ? "" : " (not all are logged from here on)");
    }
  }
}
