package org.ballastvm.vmm.devices;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.net.NetDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.loop.MachineEvents;
import org.ballastvm.vmm.net.Netdev;
import org.ballastvm.vmm.pci.PciSlot;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.vhost.BackendQueues;

/** A network card in its slot, and the netdev at the other end of its wire. */
public final class NetCard extends VirtioCard {
  private final DeviceConfig.Net config;
  private final NetDevice device;
  private final Netdev netdev;
  private final Optional<BackendQueues> served;
  private final MachineEvents events;
  private final MachineEvents.Listener states = this::happened;

  NetCard(DeviceConfig.Net config, String path, NetDevice device, VirtioPciFunction transport, Netdev netdev,
      Optional<BackendQueues> served, MachineEvents events) {
    super("virtio-net", path, transport);
    this.config = config;
    this.device = device;
    this.netdev = netdev;
    this.served = served;
    this.events = events;
    netdev.peer().connect(device.card(transport::doorbell));
    events.listen(states);
  }

  @Override
  public void tied(PciSlot tie) { served.ifPresent(queues -> queues.tied(tie, function())); }

  /** While the machine stands, its memory stays as it is. */
  private void happened(MachineEvent event, Instant when) {
    if (event instanceof MachineEvent.Stop) {
      device.pause(true, function()::doorbell);
    } else if (event instanceof MachineEvent.Resume || event instanceof MachineEvent.Reset) {
      device.pause(false, function()::doorbell);
    }
  }

  /** {@return the device} */
  public NetDevice device() { return device; }

  /** {@return the netdev at the other end} */
  public Netdev netdev() { return netdev; }

  /** {@return what was asked for} */
  public DeviceConfig.Net config() { return config; }

  /** {@return its name in {@code info network} and for {@code set_link}: its id, or what QEMU calls a card without one} */
  public String name() {
    return config.id().orElse("virtio-net-pci." + path().substring(path().lastIndexOf('[') + 1).replace("]", ""));
  }

  @Override
  List<Property> properties() { return NetProperties.of(config, device); }

  @Override
  public void close() {
    events.forget(states);
    super.close();
    served.ifPresent(BackendQueues::close);
    netdev.freed();
  }
}
