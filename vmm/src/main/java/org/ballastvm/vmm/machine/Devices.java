package org.ballastvm.vmm.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.DeviceEvent;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.UnwrittenMemory;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.virtio.mem.MemDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.rng.RngDevice;
import org.ballastvm.vmm.acpi.PciInterruptRouting;
import org.ballastvm.vmm.board.KvmBoard;
import org.ballastvm.vmm.bus.AddressBus;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.config.UserError.Kind;
import org.ballastvm.vmm.device.PciHotplug;
import org.ballastvm.vmm.event.EventLoop;
import org.ballastvm.vmm.event.LoopClock;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.MachineEvents;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.pci.BarPlacement;
import org.ballastvm.vmm.pci.PciBus;
import org.ballastvm.vmm.pci.PciSlot;
import org.ballastvm.vmm.trace.BalloonTracer;

/**
 * The devices that a user asks for: each is made, given a slot and addresses, and tied to the machine; and lets go of all
 * of that when the guest lets go of it.
 *
 * <p>
 * Devices come and go on the event loop, or before it has started. What the guest lets go is off its bus at once, on the
 * vCPU's thread; the rest follows on the loop, which may be at work with the device.
 */
public final class Devices implements AutoCloseable {
  private static final String NO_HOTPLUG = "Bus 'isa.0' does not support hotplugging";
  private static final PciInterruptRouting ROUTING = PciInterruptRouting.swizzled();

  private final EventLoop loop;
  private final KvmBoard board;
  private final GuestRam ram;
  private final AddressBus memory;
  private final PciBus pci;
  private final BarPlacement bars;
  private final MemoryDevices memories;
  private final EventSink events;
  private final MachineEvents monitors;
  private final PciHotplug hotplug = new PciHotplug(this::ejected);
  private final Runnable announce;
  private final Dimms dimms;
  private final Function<DeviceConfig.Balloon, Optional<UnwrittenMemory>> unwritten;
  /** Replaced whole: other threads read it. */
  private volatile List<PlacedDevice> placed = List.of();
  private int namelessCount;
  private final List<FixedDevice> fixed = new ArrayList<>();

  /**
   * A device that is there from the start to the end.
   *
   * @param config what was asked for
   * @param path where it is in the object tree
   */
  public record FixedDevice(DeviceConfig config, String path) {}

  /**
   * No devices yet.
   *
   * @param bars where BARs go
   * @param announce tells the guest to read {@link #hotplugRegisters}
   * @param dimms the devices that are memory in slots of its own
   * @param unwritten makes what gives free pages back, for a balloon that asks for them
   */
  Devices(EventLoop loop, KvmBoard board, GuestRam ram, AddressBus memory, PciBus pci, BarPlacement bars,
      MemoryDevices memories, EventSink events, MachineEvents monitors, Runnable announce, Dimms dimms,
      Function<DeviceConfig.Balloon, Optional<UnwrittenMemory>> unwritten) {
    this.loop = loop;
    this.board = board;
    this.ram = ram;
    this.memory = memory;
    this.pci = pci;
    this.bars = bars;
    this.memories = memories;
    this.events = events;
    this.monitors = monitors;
    this.announce = announce;
    this.dimms = dimms;
    this.unwritten = unwritten;
  }

  /**
   * Plugs a device into a machine that has been put together, and tells the guest.
   *
   * @param config what
   * @throws UserError if it cannot be; nothing has changed then
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed then
   */
  public void plug(DeviceConfig config) {
    assert loop.ownsCaller();
    requireNewId(config);
    // No switch over types: the first resize comes here, and that would spin a class.
    if (config instanceof DeviceConfig.Dimm dimm) {
      dimms.plug(dimm, true);
    } else if (config instanceof DeviceConfig.OnPci onPci) {
      hotplug.came(placeOnPci(onPci).slot());
      announce.run();
    } else {
      throw new UserError(NO_HOTPLUG);
    }
  }

  /**
   * Asks the guest to let a device go. It may do so soon, late or never; a reset of the machine does it in its place.
   *
   * @param id of the device, or its path in the object tree
   * @throws UserError if there is no such device, or the guest was asked a short while ago
   */
  public void requestUnplug(String id) { requestUnplug(id, System.nanoTime()); }

  void requestUnplug(String id, long nowNanos) {
    assert loop.ownsCaller();
    Optional<Dimm> dimm = dimms.find(id);
    if (dimm.isPresent()) {
      dimms.requestUnplug(dimm.get(), nowNanos);
      return;
    }
    if (fixed.stream().anyMatch(one -> one.path().equals(id) || isId(one, id))) {
      throw new UserError(NO_HOTPLUG);
    }
    PlacedDevice device = find(id)
        .or(() -> placed.stream().filter(other -> other.path().equals(id)).findFirst())
        .orElseThrow(() -> new UserError(Kind.DEVICE_NOT_FOUND, "Device '" + id + "' not found"));
    device.unplug().requireNoneOfLate(id, nowNanos);
    device.virtio().ifPresent(memories::requireRemovable);
    device.unplug().made(nowNanos);
    hotplug.askedToGo(device.slot());
    announce.run();
  }

  private static boolean isId(FixedDevice device, String id) { return device.config().id().equals(Optional.of(id)); }

  /** The guest lets go of what is in a slot, on a vCPU's thread. It need not have been asked. */
  private void ejected(int slot) {
    for (PlacedDevice device : placed) {
      if (device.slot() == slot && pci.unplug(slot, device.function())) {
        device.function().detach();
        loop.post(() -> remove(device));
      }
    }
  }

  private void remove(PlacedDevice device) {
    assert loop.ownsCaller();
    List<PlacedDevice> rest = new ArrayList<>(placed);
    if (!rest.remove(device)) {
      return; // A reset was faster.
    }
    device.close();
    device.virtio().ifPresent(memories::release);
    hotplug.gone(device.slot());
    placed = List.copyOf(rest);
    if (device.virtio().isPresent()) {
      monitors.publish(new MachineEvent.DeviceDeleted(Optional.empty(), device.path() + "/virtio-backend"));
    }
    monitors.publish(new MachineEvent.DeviceDeleted(device.id(), device.path()));
  }

  /** Completes what the guest was asked for: after a reset it looks for devices itself. No vCPU runs. */
  void reset() {
    assert loop.ownsCaller();
    for (PlacedDevice device : placed) {
      if (device.unplugPending()) {
        pci.unplug(device.slot(), device.function());
        remove(device);
      }
    }
    hotplug.reset();
    dimms.reset();
  }

  /** {@return the DIMMs and their slots} */
  public Dimms dimms() { return dimms; }

  /** {@return by which the guest learns of devices, for the machine to map} */
  PciHotplug hotplugRegisters() {
    return hotplug;
  }

  /**
   * Plugs a device that the guest finds when it looks for devices.
   *
   * @param config what
   * @throws UserError if it cannot be; nothing has changed then
   */
  void place(DeviceConfig config) {
    assert loop.ownsCaller();
    requireNewId(config);
    // No switch over types: every start comes here, and that would spin a class.
    if (config instanceof DeviceConfig.OnPci onPci) {
      placeOnPci(onPci);
    } else if (config instanceof DeviceConfig.Dimm dimm) {
      dimms.plug(dimm, false);
    }
  }

  private void requireNewId(DeviceConfig config) {
    config.id().filter(this::isTaken).ifPresent(id -> {
      throw new UserError("Duplicate device ID '" + id + "'");
    });
  }

  private PlacedDevice placeOnPci(DeviceConfig.OnPci config) {
    int slot = slotFor(config);
    PciFunction function = create(config);
    PlacedDevice device;
    try {
      device = tie(config, slot, function);
    } catch (RuntimeException e) {
      if (function instanceof VirtioPciFunction transport) {
        transport.device().close();
        memories.release(transport.device());
      }
      throw e;
    }
    List<PlacedDevice> next = new ArrayList<>(placed);
    next.add(device);
    placed = List.copyOf(next);
    pci.plug(slot, function);
    return device;
  }

  private PlacedDevice tie(DeviceConfig.OnPci config, int slot, PciFunction function) {
    int gsi = ROUTING.gsi(slot, 0);
    bars.place(function, pci);
    function.placeInterruptLine(gsi);
    PciSlot tie = new PciSlot(function, config.id().orElse("pci-" + slot), memory, board, loop, board.line(gsi));
    return new PlacedDevice(config, path(config), slot, function, tie);
  }

  private String path(DeviceConfig config) {
    return config.id().map(id -> "/machine/peripheral/" + id)
        .orElseGet(() -> "/machine/peripheral-anon/device[" + namelessCount++ + "]");
  }

  private boolean isTaken(String id) {
    return find(id).isPresent() || dimms.find(id).isPresent() || fixed.stream().anyMatch(one -> isId(one, id));
  }

  /**
   * Takes note of a device at fixed ports, which the machine maps.
   *
   * @param config what was asked for
   * @throws UserError if there is one
   */
  void fix(DeviceConfig config) {
    if (config instanceof DeviceConfig.Panic && panic().isPresent()) {
      throw new UserError("Only one pvpanic device is supported");
    }
    requireNewId(config);
    fixed.add(new FixedDevice(config, path(config)));
  }

  /** {@return the devices at fixed ports} */
  public List<FixedDevice> fixed() { return fixed; }

  /** {@return the pvpanic device, if there is one} */
  public Optional<FixedDevice> panic() {
    return fixed.stream().filter(one -> one.config() instanceof DeviceConfig.Panic).findFirst();
  }

  private PciFunction create(DeviceConfig.OnPci config) {
    if (config instanceof DeviceConfig.Balloon wanted) {
      if (balloon().isPresent()) {
        throw new UserError("Only one balloon device is supported");
      }
      BalloonDevice balloon = new BalloonDevice(wanted.properties(), ram,
          unwritten.apply(wanted), new LoopClock(loop), events);
      VirtioPciFunction transport = transport(balloon, BalloonDevice.PCI_CLASS);
      balloon.listen(transport);
      balloon.watch(new BalloonTracer(wanted.id()));
      return transport;
    }
    if (config instanceof DeviceConfig.Mem wanted) {
      MemDevice memory = memories.create(wanted, new MemTeller(wanted));
      VirtioPciFunction transport = transport(memory, MemDevice.PCI_CLASS);
      memory.listen(transport);
      return transport;
    }
    if (config instanceof DeviceConfig.Rng) {
      return transport(new RngDevice(new HostEntropy(), events), RngDevice.PCI_CLASS);
    }
    throw new IllegalStateException("nothing makes a " + config.driver());
  }

  /** Passes on what a virtio-mem device has to tell. Under its transport's lock. */
  private final class MemTeller implements EventSink {
    private final DeviceConfig.Mem wanted;
    private Optional<MachineEvents.Notice> sizeChanged = Optional.empty();

    MemTeller(DeviceConfig.Mem wanted) { this.wanted = wanted; }

    /** A guest plugs block by block, so that a size is looked up when it is told, and not for each of them. */
    @Override
    public void accept(DeviceEvent event) {
      if (!(event instanceof DeviceEvent.MemorySizeChanged)) {
        events.accept(event);
        return;
      }
      memories.sizeChanged();
      if (sizeChanged.isEmpty()) {
        sizeChanged = notice();
      }
      sizeChanged.ifPresent(MachineEvents.Notice::happened);
    }

    /** A memory backend has one user. */
    private Optional<MachineEvents.Notice> notice() {
      return blockMemories().stream().filter(memory -> memory.placed().config() instanceof DeviceConfig.Mem other
          && other.memdev().equals(wanted.memdev())).findFirst()
          .map(memory -> monitors.notice(() -> new MachineEvent.MemoryDeviceSizeChange(memory.placed().id(),
              memory.plugged().device().pluggedBytes(), memory.placed().path())));
    }
  }

  private VirtioPciFunction transport(VirtioDevice device, int pciClass) {
    return new VirtioPciFunction(device, pciClass, ram, events);
  }

  private int slotFor(DeviceConfig.OnPci config) {
    OptionalInt wanted = config.slot();
    if (wanted.isPresent() && !isFree(wanted.getAsInt())) {
      throw new UserError("PCI: slot " + wanted.getAsInt() + " function 0 not available for " + config.driver()
          + ", in use by " + occupant(wanted.getAsInt()));
    }
    return wanted.orElseGet(() -> IntStream.range(1, PciBus.SLOTS).filter(this::isFree).findFirst()
        .orElseThrow(() -> new UserError(
            "PCI: no slot/function available for " + config.driver() + ", all in use or reserved")));
  }

  private boolean isFree(int slot) { return slot != 0 && inSlot(slot).isEmpty(); }

  private String occupant(int slot) {
    return inSlot(slot).map(other -> other.config().driver() + ",id=" + other.id().orElse("(null)"))
        .orElse("the host bridge");
  }

  /** {@return those of them whose memory a guest plugs by the block} */
  public MemoryDevices memories() {
    return memories;
  }

  /** {@return all of them, in the order in which they came} */
  public List<PlacedDevice> all() { return placed; }

  /**
   * A device by its id.
   *
   * @param id that the user gave
   * @return the device, if there is one
   */
  public Optional<PlacedDevice> find(String id) {
    return placed.stream().filter(device -> device.id().equals(Optional.of(id))).findFirst();
  }

  /**
   * A device by its place.
   *
   * @param slot 1 to 31
   * @return the device, if there is one
   */
  public Optional<PlacedDevice> inSlot(int slot) {
    return placed.stream().filter(device -> device.slot() == slot).findFirst();
  }

  /**
   * A virtio-mem device.
   *
   * @param placed where it is
   * @param plugged what it has
   */
  public record BlockMemory(PlacedDevice placed, MemoryDevices.Plugged plugged) {
    /** {@return what people call it: its id, or its path} */
    public String name() {
      return placed.id().orElse(placed.path());
    }
  }

  /** {@return the virtio-mem devices, in the order in which they came} */
  public List<BlockMemory> blockMemories() {
    List<BlockMemory> found = new ArrayList<>();
    for (PlacedDevice device : placed) {
      device.virtio().flatMap(memories::of).ifPresent(plugged -> found.add(new BlockMemory(device, plugged)));
    }
    return found;
  }

  /** {@return the balloon, if there is one} */
  public Optional<BalloonDevice> balloon() {
    for (PlacedDevice device : placed) {
      if (device.virtio().orElse(null) instanceof BalloonDevice balloon) {
        return Optional.of(balloon);
      }
    }
    return Optional.empty();
  }

  /** Gives back what devices hold of the host. The event loop has ended. */
  @Override
  public void close() {
    placed.reversed().forEach(PlacedDevice::close);
    placed = List.of();
  }
}
