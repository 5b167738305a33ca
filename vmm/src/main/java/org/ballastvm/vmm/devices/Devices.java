package org.ballastvm.vmm.devices;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.balloon.BalloonDevice;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.device.CoreInfo;
import org.ballastvm.vmm.device.GenerationId;
import org.ballastvm.vmm.policy.AutoBalloon;
import org.ballastvm.vmm.state.Log;

/**
 * The devices that a user asks for: each is made by its kind and put on its bus, and leaves when the guest lets go of it.
 *
 * <p>
 * Devices come and go on the event loop, or before it has started. Any thread may look at them.
 */
public final class Devices implements AutoCloseable {
  /** How long a stop waits for disks; whoever asked for it waits too. */
  private static final Duration FILE_PATIENCE = Duration.ofSeconds(10);

  private final Site site;
  private final DeviceBuses buses;
  private final List<DeviceBus> all;
  private final MemorySizes sizes;
  private final Faults faults;
  private final Recordings recordings;

  /**
   * No devices yet.
   *
   * @param site the machine around them; the registers by which a guest learns of devices are at their ports from here on
   */
  public Devices(Site site) {
    this.site = site;
    DevicePaths paths = new DevicePaths();
    PciDevices pci = new PciDevices(site, paths);
    this.buses = new DeviceBuses(site, pci, new Dimms(site, paths), new PortDevices(site.buses().ports(), paths),
        new SerialPorts(site, paths, pci), new BoardDevices(paths));
    this.all = buses.all();
    this.sizes = new MemorySizes(buses);
    this.faults = new Faults(site, buses);
    this.recordings = new Recordings(buses);
  }

  /**
   * Plugs a device that the guest finds when it looks for devices.
   *
   * @param config what
   * @throws UserError if it cannot be; nothing has changed then
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed then
   */
  public void place(DeviceConfig config) { plug(config, false); }

  /**
   * Plugs a device into a machine whose guest may run, and notifies the guest.
   *
   * @param config what
   * @throws UserError if it cannot be; nothing has changed then
   * @throws org.ballastvm.kvm.HostError if the host refuses; nothing has changed then
   */
  public void plug(DeviceConfig config) { plug(config, true); }

  private void plug(DeviceConfig config, boolean hot) {
    assert site.loop().ownsCaller();
    config.id().filter(id -> find(id).isPresent()).ifPresent(id -> {
      throw new UserError("Duplicate device ID '" + id + "'");
    });
    DevicePlugs.of(config).plug(config, hot, buses);
  }

  /**
   * Asks the guest to let a device go. It may do so soon, late or never; a reset of the machine does it in its place.
   *
   * @param device its id, or its path in the object tree
   * @throws UserError if there is no such device, it cannot go, or the guest was asked a short while ago
   */
  public void requestUnplug(String device) { requestUnplug(device, System.nanoTime()); }

  /** The same at a time of {@link System#nanoTime}. */
  void requestUnplug(String device, long nowNanos) {
    assert site.loop().ownsCaller();
    PluggedDevice plugged = buses.require(device);
    for (DeviceBus bus : all) {
      if (bus.all().contains(plugged)) {
        bus.requestUnplug(plugged, nowNanos);
      }
    }
  }

  /** {@return what goes wrong with them, because a user wants it to} */
  public Faults faults() { return faults; }

  /** {@return what passes between them and their drivers, on its way to files} */
  public Recordings recordings() {
    return recordings;
  }

  /** Completes what the guest was asked for: after a reset it looks for devices itself. No vCPU runs. */
  public void reset() {
    assert site.loop().ownsCaller();
    all.forEach(DeviceBus::reset);
  }

  /** Has the last words of the guest sent that it has left in queues. On the event loop, while no vCPU runs. */
  public void sendOutput() {
    buses.serial().sendOutput();
  }

  /** {@return all of them: those on PCI, DIMMs, those at fixed ports, serial ports, the board's; each in the order in which they came} */
  public List<PluggedDevice> all() {
    return buses.devices();
  }

  /**
   * A device by its id.
   *
   * @param id that the user gave
   * @return the device, if there is one
   */
  public Optional<PluggedDevice> find(String id) {
    for (DeviceBus bus : all) {
      Optional<PluggedDevice> found = bus.find(id);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** {@return those on PCI, in the order in which they came} */
  public List<PciDevice> pci() {
    return buses.pci().all();
  }

  /**
   * A device on PCI by its place.
   *
   * @param slot 1 to 31
   * @return the device, if there is one
   */
  public Optional<PciDevice> inSlot(int slot) { return buses.pci().inSlot(slot); }

  /** {@return the ports of virtio-serial cards, card by card} */
  public List<SerialPortDevice> serialPorts() {
    return buses.serial().all();
  }

  /** {@return the DIMMs and their slots} */
  public Dimms dimms() { return buses.dimms(); }

  /** {@return the virtio-mem devices, in the order in which they came} */
  public List<VirtioMemory> blockMemories() {
    return buses.pci().cards(VirtioMemory.class);
  }

  /** {@return the devices that give the guest memory: DIMMs, then virtio-mem devices} */
  public List<MemoryDeviceInfo> memoryDevices() {
    List<MemoryDeviceInfo> found = new ArrayList<>(); // No streams: a program that waits for a size asks again and again.
    for (Dimm dimm : dimms().all()) {
      found.add(dimm.info());
    }
    for (VirtioMemory memory : blockMemories()) {
      found.add(memory.info());
    }
    return found;
  }

  /** {@return the network cards, in the order in which they came} */
  public List<NetCard> networkCards() {
    return buses.pci().cards(NetCard.class);
  }

  /** {@return the devices that answer as recorded ones did, in the order in which they came} */
  public List<ReplayCard> replays() {
    return buses.pci().cards(ReplayCard.class);
  }

  /** {@return the balloon, if there is one} */
  public Optional<BalloonDevice> balloon() {
    return balloonCard().map(BalloonCard::balloon);
  }

  /** {@return the balloon in its slot, if there is one} */
  public Optional<BalloonCard> balloonCard() {
    return buses.pci().card(BalloonCard.class);
  }

  /** {@return the automatic mode of the balloon, if there is a balloon; belongs to the event loop} */
  public Optional<AutoBalloon> autoBalloon() {
    return balloonCard().map(BalloonCard::auto);
  }

  /** Tries again what disks failed to do while the machine was stopped for it. */
  public void retryDisks() {
    buses.pci().cards(BlkCard.class).forEach(card -> card.disk().retry());
  }

  /** The machine stands still: waits until files of the host are as its guest has asked for. On the event loop. */
  public void settle() {
    long end = System.nanoTime() + FILE_PATIENCE.toNanos();
    for (VirtioCard card : buses.pci().cards(VirtioCard.class)) {
      if (!card.settle(end)) {
        Log.of(Devices.class)
            .warn("{} has not done within {} s what the guest asked for; the machine is stopped,"
                + " and the file may still change", card.changing(), FILE_PATIENCE.toSeconds());
      }
    }
  }

  /** The machine begins to run, or stands still, and with it what counts its time. On the event loop. */
  public void setRunning(boolean running) {
    buses.pci().cards(WatchdogCard.class).forEach(card -> card.setRunning(running));
  }

  /** {@return whether a guest can report a panic} */
  public boolean hasPanicDevice() {
    return buses.ports().has(DeviceConfig.Panic.class);
  }

  /** {@return whether a guest has files to read by fw_cfg} */
  public boolean hasFirmwareFiles() {
    return !site.buses().fwCfg().items().isEmpty();
  }

  /** {@return where the guest's kernel says that its note for tools is, if it has a device for that} */
  public Optional<CoreInfo> coreInfo() {
    return buses.board().part(CoreInfo.class);
  }

  /** {@return which generation the machine is, if it has a device for that} */
  public Optional<GenerationId> generation() {
    return buses.board().part(GenerationId.class);
  }

  /** {@return how much memory the guest has} */
  public MemorySizes sizes() { return sizes; }

  /** Gives back what devices hold of the host. The event loop has ended. */
  @Override
  public void close() {
    recordings.close();
    all.forEach(DeviceBus::close);
  }
}
