package org.ballastvm.vmm.vhost;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostTap;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.MemoryRegion;
import org.ballastvm.vmm.state.Log;

/** Frames between a tap and a card's queues, moved by the kernel: a device of vhost for each pair of queues. */
public final class VhostNet implements Backend {
  private final String name;
  private final List<Vhost> devices;
  private final List<HostTap> taps;
  private final KernelQueues queues;
  private final VhostTable table;
  private final BitSet served = new BitSet();

  /**
   * Queues that are not served yet.
   *
   * @param name of the netdev, for errors
   * @param loop where it is heard that one fails
   * @param devices one for each pair of queues; closed with this
   * @param taps one for each pair; stay the caller's
   */
  public VhostNet(String name, EventLoop loop, List<Vhost> devices, List<HostTap> taps) {
    this.name = name;
    this.devices = List.copyOf(devices);
    this.taps = List.copyOf(taps);
    this.queues = new KernelQueues(loop);
    this.table = new VhostTable("netdev " + name, devices, Vhost.mostRegions());
  }

  @Override
  public long features() { return devices.getFirst().features(); }

  @Override
  public void memory(List<MemoryRegion> regions) { table.set(regions); }

  @Override
  public void start(BackendRing ring) {
    int pair = ring.queue() / 2;
    Vhost device = devices.get(pair);
    HostTap tap = taps.get(pair);
    if (!served.get(2 * pair) && !served.get(2 * pair + 1)) {
      queues.begin();
      device.features(ring.features() & device.features() & ~Vhost.NET_HEADERS
          | (tap.hasHeaders() ? 0 : Vhost.NET_HEADERS));
    }
    queues.setUp(device, ring.queue() % 2, ring);
    device.tap(ring.queue() % 2, tap);
    served.set(ring.queue());
  }

  @Override
  public int stop(int queue) {
    served.clear(queue);
    Vhost device = devices.get(queue / 2);
    try {
      device.noTap(queue % 2);
      return device.next(queue % 2);
    } catch (HostError e) {
      Log.of(VhostNet.class).error("netdev {}: {}; its queues stay as they are", name, e.getMessage());
      device.close(); // Which is sure to end what it does.
      return -1;
    }
  }

  @Override
  public void whenFailed(Consumer<String> listener) { queues.whenFailed(listener); }

  @Override
  public void close() {
    devices.forEach(Vhost::close);
    queues.close();
  }

  /**
   * Opens devices of the kernel's for pairs of queues.
   *
   * @param pairs how many
   * @param descriptors inherited ones, one for each pair; opened here when empty
   * @return the devices
   * @throws HostError if the host refuses; nothing is left open
   */
  public static List<Vhost> open(int pairs, List<Integer> descriptors) {
    List<Vhost> opened = new ArrayList<>();
    try {
      for (int pair = 0; pair < pairs; pair++) {
        opened.add(descriptors.isEmpty() ? Vhost.open(Vhost.NET) : Vhost.inherited(descriptors.get(pair)));
      }
      return opened;
    } catch (HostError e) {
      opened.forEach(Vhost::close);
      throw e;
    }
  }
}
