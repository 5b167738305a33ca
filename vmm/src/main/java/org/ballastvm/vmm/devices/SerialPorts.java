package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.chardev.ChardevTable;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;

/** The ports of virtio-serial cards. They come and go at once: its card announces them to the guest, and has nothing to let go of. */
final class SerialPorts implements DeviceBus {
  private static final String NAMELESS = "device";

  private final Site site;
  private final DevicePaths paths;
  private final PciDevices pci;

  /** No ports yet. */
  SerialPorts(Site site, DevicePaths paths, PciDevices pci) {
    this.site = site;
    this.paths = paths;
    this.pci = pci;
  }

  @Override
  public List<SerialPortDevice> all() {
    List<SerialPortDevice> found = new ArrayList<>();
    for (SerialCard card : pci.cards(SerialCard.class)) {
      found.addAll(card.ports());
    }
    return found;
  }

  /** Puts a port on its card. */
  void plug(DeviceConfig.SerialPort config) {
    SerialCard card = cardFor(config);
    int number = numberOn(card, config);
    Chardev chardev = chardevOf(config);
    String path = paths.of(config, NAMELESS);
    GuestEnd guestEnd = new GuestEnd(config, site.events());
    PortLine line = new PortLine(site.loop(), chardev, card.device(), number, config.console(), config.name(),
        guestEnd);
    SerialPortDevice port = new SerialPortDevice(config, path, line);
    guestEnd.of(port);
    card.add(port);
    paths.taken(config, NAMELESS);
  }

  private SerialCard cardFor(DeviceConfig.SerialPort config) {
    List<SerialCard> cards = pci.cards(SerialCard.class);
    Optional<String> bus = config.bus();
    if (bus.isPresent()) {
      return cards.stream().filter(card -> card.busName().equals(bus.get())).findFirst()
          .orElseThrow(() -> new UserError("Bus '" + bus.get() + "' not found"));
    }
    return cards.stream().filter(card -> card.freeNumber(config.console()).isPresent()).findFirst()
        .or(() -> cards.stream().findFirst()).orElseThrow(() -> new UserError(
            "No '" + SerialCard.BUS_TYPE + "' bus found for device '" + config.driver() + "'"));
  }

  /** Numbers and sentences are QEMU's, hw/char/virtio-serial-bus.c. */
  private int numberOn(SerialCard card, DeviceConfig.SerialPort config) {
    int number = config.number().orElseGet(() -> card.freeNumber(config.console())
        .orElseThrow(() -> new UserError("virtio-serial-bus: Maximum port limit for this device reached")));
    if (number >= card.device().maxPorts()) {
      throw new UserError("virtio-serial-bus: Out-of-range port id specified, max. allowed: "
          + (card.device().maxPorts() - 1));
    }
    if (number == 0 && !config.console()) {
      throw new UserError("Port number 0 on virtio-serial devices reserved for virtconsole devices for backward "
          + "compatibility.");
    }
    if (card.device().port(number).isPresent()) {
      throw new UserError("virtio-serial-bus: A port already exists at id " + number);
    }
    for (SerialPortDevice other : all()) {
      if (config.name().isPresent() && config.name().equals(other.config().name())) {
        throw new UserError("virtio-serial-bus: A port already exists by name " + config.name().get());
      }
    }
    return number;
  }

  private Chardev chardevOf(DeviceConfig.SerialPort config) {
    ChardevTable chardevs = site.chardevs();
    return config.chardev().map(id -> chardevs.claim(config.driver(), id)).orElseGet(ChardevTable::unconnected);
  }

  @Override
  public void requestUnplug(PluggedDevice device, long nowNanos) {
    SerialPortDevice port = (SerialPortDevice) device;
    for (SerialCard card : pci.cards(SerialCard.class)) {
      if (card.ports().contains(port)) {
        card.remove(port);
      }
    }
  }

  /** Has what guests have left in queues sent. On the event loop, while no vCPU runs. */
  void sendOutput() {
    all().forEach(port -> port.line().sendOutput());
  }

  @Override
  public void reset() {
    // They stay.
  }

  @Override
  public void close() {
    // They went with their cards.
  }

  /** Emits to monitors that the guest has opened a port, or closed it; a guest can do that for ever. Any thread. */
  private static final class GuestEnd implements Runnable {
    private final Optional<MachineEvents.Notice> notice;
    /** Set before there is a guest that knows of the port. */
    private volatile SerialPortDevice port;

    /** QEMU reports ports with an id, and not of consoles. */
    GuestEnd(DeviceConfig.SerialPort config, MachineEvents events) {
      notice = config.id().filter(id -> !config.console())
          .map(id -> events.notice(() -> new MachineEvent.VserportChange(id, port.isFrontendOpen())));
    }

    void of(SerialPortDevice made) { port = made; }

    @Override
    public void run() { notice.ifPresent(MachineEvents.Notice::happened); }
  }
}
