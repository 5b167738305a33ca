package org.ballastvm.vmm.vhost;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostError;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.vmm.memory.MemoryRegion;
import org.ballastvm.vmm.memory.MemoryTable;
import org.ballastvm.vmm.pci.PciSlot;

/**
 * The queues of a device that a {@link Backend} serves: finds where rings lie in the host's memory, gives it the table of
 * memory and the slot's signals, and takes a queue back before the memory goes that it lies in.
 *
 * <p>
 * Its lock is taken under that of the PCI function, and on the event loop without it. A failure is reported when it is let go.
 */
public final class BackendQueues implements QueueServer, AutoCloseable {
  /** Which queues are its, by what was agreed on. */
  @FunctionalInterface
  public interface Share {
    /**
     * Whether a queue is the back-end's.
     *
     * @param queue which
     * @param features agreed on
     * @return false for one that the device serves itself
     */
    boolean includes(int queue, long features);
  }

  private final Backend backend;
  private final MemoryTable table;
  private final int most;
  private final Share share;
  private final MemoryTable.Listener listener = this::memoryChanged;
  private final Map<Integer, BackendRing> served = new TreeMap<>();
  /** Taken from the back-end, and not yet by the transport: where each is. */
  private final Map<Integer, Integer> left = new TreeMap<>();
  private List<MemoryRegion> regions = List.of();
  /** Whether the back-end has an older table, with memory that has gone: it serves nothing before it has this one. */
  private boolean tableIsOld;
  private Signals signals;
  private VirtioDevice.ConfigNotifier transport;

  /** Where the signals of a device's queues are: its slot. */
  public interface Signals {
    /**
     * What the driver raises.
     *
     * @param queue which
     * @return the signal
     */
    EventFd kick(int queue);

    /**
     * What interrupts the driver.
     *
     * @param queue which
     * @return the signal
     */
    EventFd call(int queue);
  }

  /**
   * The first queues of a device.
   *
   * @param backend serves them; it is given the table now, and closed with this
   * @param table guest memory
   * @param most how many queues it may have
   * @param share which of them are the back-end's
   * @throws org.ballastvm.vmm.config.UserError if memory has too many regions for it; it stays open
   * @throws HostError if the host refuses; it stays open
   */
  public BackendQueues(Backend backend, MemoryTable table, int most, Share share) {
    this.backend = backend;
    this.table = table;
    this.most = most;
    this.share = share;
    backend.whenFailed(this::failed);
    table.listen(listener);
  }

  /**
   * The device has its slot. Before a driver can be there.
   *
   * @param slot has the signals; the doorbell of each queue here is the queue's own
   * @param by whom the device's driver hears that the back-end has failed
   */
  public void tied(PciSlot slot, VirtioDevice.ConfigNotifier by) {
    tied(new Signals() {
      @Override
      public EventFd kick(int queue) { return slot.kick(queue); }

      @Override
      public EventFd call(int queue) { return slot.call(queue); }
    }, by);
  }

  /** The same, with signals from elsewhere. */
  void tied(Signals from, VirtioDevice.ConfigNotifier by) {
    signals = from;
    transport = by;
  }

  @Override
  public int queues() { return most; }

  @Override
  public long features() { return backend.features(); }

  @Override
  public boolean serves(int queue, long features) { return share.includes(queue, features); }

  @Override
  public synchronized void start(Ring ring) {
    BackendRing placed = new BackendRing(ring.queue(), ring.size(),
        part(ring, "descriptor table", ring.descriptors(), ring.descriptorsBytes()),
        part(ring, "available ring", ring.driver(), ring.driverBytes()),
        part(ring, "used ring", ring.device(), ring.deviceBytes()), ring.next(), ring.features(),
        signals.kick(ring.queue()), signals.call(ring.queue()));
    try {
      if (tableIsOld) {
        backend.memory(regions);
        tableIsOld = false;
      }
      backend.start(placed);
    } catch (HostError e) {
      throw new Failure("queue " + ring.queue() + " cannot be served: " + e.getMessage(), e);
    }
    served.put(ring.queue(), placed);
  }

  private BackendRing.Part part(Ring ring, String what, long gpa, long lengthBytes) {
    for (MemoryRegion region : regions) {
      if (region.contains(gpa, lengthBytes)) {
        return new BackendRing.Part(region, gpa - region.base(), lengthBytes);
      }
    }
    throw new GuestError("queue " + ring.queue() + ": the " + what + " of " + lengthBytes + " bytes at 0x"
        + Long.toHexString(gpa) + " must be in one piece of memory");
  }

  @Override
  public synchronized int stop(int queue) {
    Integer before = left.remove(queue);
    return before != null ? before : take(queue);
  }

  private int take(int queue) {
    served.remove(queue);
    return backend.stop(queue);
  }

  private void memoryChanged(List<MemoryRegion> next) {
    String trouble;
    synchronized (this) {
      trouble = next.size() < regions.size() ? lose(next) : gain(next);
    }
    if (!trouble.isEmpty()) {
      transport.serverFailed(trouble);
    }
  }

  private String gain(List<MemoryRegion> next) {
    backend.memory(next);
    regions = next;
    tableIsOld = false;
    return "";
  }

  /** Memory that goes is unmapped, and other things are mapped where it was: nobody may reach it from here on. */
  private String lose(List<MemoryRegion> next) {
    String trouble = "";
    for (BackendRing ring : List.copyOf(served.values())) {
      if (!ring.isIn(next)) {
        trouble = "the guest gave memory back that queue " + ring.queue() + " lies in";
        left.put(ring.queue(), take(ring.queue()));
      }
    }
    regions = next;
    try {
      backend.memory(next);
      tableIsOld = false;
    } catch (HostError e) {
      trouble = "it does not let go of memory that the guest gave back: " + e.getMessage();
      for (int queue : List.copyOf(served.keySet())) {
        left.put(queue, take(queue));
      }
      tableIsOld = true;
    }
    return trouble;
  }

  private void failed(String why) {
    if (transport != null) {
      transport.serverFailed(why);
    }
  }

  /** {@return whether the back-end serves a queue; any thread} */
  public synchronized boolean isServing() {
    return !served.isEmpty();
  }

  @Override
  public void close() {
    table.forget(listener);
    backend.close();
  }
}
