package org.ballastvm.vmm.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.console.ConsoleDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.chardev.ChardevTable;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyTypes;

/** A virtio-serial card in its slot, with the ports on it. */
final class SerialCard extends VirtioCard {
  /** What kind of bus it has. */
  static final String BUS_TYPE = "virtio-serial-bus";

  private final String busName;
  private final ConsoleDevice device;
  private final ChardevTable chardevs;
  private final MachineEvents events;
  /** Replaced whole: other threads read it. */
  private volatile List<SerialPortDevice> ports = List.of();

  SerialCard(String path, String busName, ConsoleDevice device, VirtioPciFunction transport, ChardevTable chardevs,
      MachineEvents events) {
    super("virtio-serial", path, transport);
    this.busName = busName;
    this.device = device;
    this.chardevs = chardevs;
    this.events = events;
  }

  String busName() { return busName; }

  ConsoleDevice device() { return device; }

  /** Its ports, in the order in which they came; any thread. */
  List<SerialPortDevice> ports() { return ports; }

  /** A number that no port has; 0 is for consoles, as old drivers know of port 0 alone. */
  OptionalInt freeNumber(boolean console) {
    for (int number = console ? 0 : 1; number < device.maxPorts(); number++) {
      if (device.port(number).isEmpty()) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }

  void add(SerialPortDevice port) {
    List<SerialPortDevice> next = new ArrayList<>(ports);
    next.add(port);
    ports = List.copyOf(next);
  }

  /** Takes a port away, and emits that to monitors. */
  void remove(SerialPortDevice port) {
    port.line().close();
    gone(port);
  }

  private void gone(SerialPortDevice port) {
    ports = ports.stream().filter(other -> other != port).toList();
    port.config().chardev().ifPresent(chardevs::release);
    events.emit(new MachineEvent.DeviceDeleted(port.id(), port.path()));
  }

  @Override
  public Optional<ChildBus> bus() {
    return Optional.of(new ChildBus(busName, BUS_TYPE, ports.stream().map(SerialPortDevice::asChild).toList()));
  }

  @Override
  List<Property> properties() {
    return List.of(Property.readOnly("max_ports", PropertyTypes.UINT32, () -> (long) device.maxPorts()));
  }

  @Override
  public void close() {
    ports.forEach(port -> port.line().close());
    super.close();
  }

  /** Its ports go with it, and before it. */
  @Override
  public void release() { ports.forEach(this::gone); }
}
