package org.ballastvm.vmm.devices;

import java.util.Optional;
import org.ballastvm.virtio.EventSink;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.net.MacAddress;
import org.ballastvm.virtio.net.NetConfig;
import org.ballastvm.virtio.net.NetDevice;
import org.ballastvm.virtio.net.NetFeature;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.net.Netdev;
import org.ballastvm.vmm.net.Netdevs;
import org.ballastvm.vmm.vhost.Backend;
import org.ballastvm.vmm.vhost.BackendQueues;

/** {@code virtio-net-pci}. */
final class NetPlug extends PciPlug<DeviceConfig.Net> {
  NetPlug() { super(DeviceConfig.Net.class); }

  @Override
  PciCard make(DeviceConfig.Net config, String path, DeviceBuses buses) {
    Netdevs netdevs = buses.site().memory().objects().netdevs();
    Netdev netdev = netdevs.use(config.netdev(), config.id().orElse(path));
    try {
      return make(config, path, buses.site(), netdev, config.mac().orElseGet(netdevs::nextMac));
    } catch (RuntimeException e) {
      netdev.freed();
      throw e;
    }
  }

  private static NetCard make(DeviceConfig.Net config, String path, Site site, Netdev netdev, MacAddress mac) {
    int pairs = config.mq() ? netdev.config().queues() : 1;
    int vectors = 2 * pairs + 2;
    config.vectors().ifPresent(wanted -> {
      if (wanted < vectors) {
        throw new UserError(
            "vectors=" + wanted + ": must be " + vectors + " at least, one for each queue and one more");
      }
    });
    EventSink log = new DeviceLog(config.id());
    Optional<BackendQueues> served = netdev.backend().map(backend -> serve(backend, site, pairs));
    NetDevice device = new NetDevice(
        new NetConfig(mac, pairs, config.mtu(), config.rxQueueSize(), config.txQueueSize()), netdev.peer(),
        served.isPresent() ? served.get() : QueueServer.NONE);
    VirtioPciFunction transport = new VirtioPciFunction(device, site.memory().ram(), log);
    return new NetCard(config, path, device, transport, netdev, served, site.events());
  }

  /** All but the queue for commands, which is behind the first pair for a driver that knows one. */
  private static BackendQueues serve(Backend backend, Site site, int pairs) {
    return new BackendQueues(backend, site.memory().ram().table(), 2 * pairs,
        (queue, features) -> queue < 2 * (NetFeature.MQ.in(features) ? pairs : 1));
  }
}
