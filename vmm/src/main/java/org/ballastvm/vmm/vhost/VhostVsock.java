package org.ballastvm.vmm.vhost;

import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.MemoryRegion;
import org.ballastvm.vmm.state.Log;

/** Sockets between a guest and programs of its host, by the kernel: the queues that receive and transmit. */
public final class VhostVsock implements Backend {
  /** How many queues it has: both run, or none. */
  public static final int QUEUES = 2;

  private final Vhost device;
  private final KernelQueues queues;
  private final VhostTable table;
  private final BitSet served = new BitSet();
  private boolean running;

  /**
   * Queues that are not served yet.
   *
   * @param loop where it is heard that one fails
   * @param device of the kernel's, with the guest's number; closed with this
   */
  public VhostVsock(EventLoop loop, Vhost device) {
    this.device = device;
    this.queues = new KernelQueues(loop);
    this.table = new VhostTable("vhost-vsock-pci", List.of(device), Vhost.mostRegions());
  }

  @Override
  public long features() { return device.features(); }

  @Override
  public void memory(List<MemoryRegion> regions) { table.set(regions); }

  @Override
  public void start(BackendRing ring) {
    if (served.isEmpty()) {
      queues.begin();
      device.features(ring.features() & device.features());
    }
    queues.setUp(device, ring.queue(), ring);
    if (served.cardinality() == QUEUES - 1) {
      device.running(true);
      running = true;
    }
    served.set(ring.queue());
  }

  @Override
  public int stop(int queue) {
    served.clear(queue);
    try {
      if (running) {
        running = false;
        device.running(false);
      }
      return device.next(queue);
    } catch (HostError e) {
      Log.of(VhostVsock.class).error("vhost-vsock-pci: {}; its queues stay as they are", e.getMessage());
      device.close(); // Which is sure to end what it does.
      return -1;
    }
  }

  @Override
  public void whenFailed(Consumer<String> listener) { queues.whenFailed(listener); }

  @Override
  public void close() {
    device.close();
    queues.close();
  }
}
