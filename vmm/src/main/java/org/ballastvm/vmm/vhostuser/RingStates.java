package org.ballastvm.vmm.vhostuser;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.ballastvm.virtio.queue.GuestError;
import org.ballastvm.virtio.queue.GuestMemory;
import org.ballastvm.vmm.vhost.BackendRing;

/** The queues of a device whose back-end may be gone, and what is known of each. */
final class RingStates {
  private final GuestMemory memory;
  /** What the device has now, whoever serves it. */
  private final Map<Integer, BackendRing> rings = new TreeMap<>();
  /** Those that the back-end has. */
  private final Set<Integer> running = new TreeSet<>();
  /** Those of which nobody knows what was under way: until the driver resets the device, nobody has them. */
  private final Set<Integer> unclear = new TreeSet<>();

  RingStates(GuestMemory memory) { this.memory = memory; }

  /** The device has a queue. */
  void add(BackendRing ring) { rings.put(ring.queue(), ring); }

  /** The device has a queue no more; whether the back-end had it. */
  boolean remove(int queue) {
    rings.remove(queue);
    return running.remove(queue);
  }

  /** All that the device has. */
  Collection<BackendRing> all() { return rings.values(); }

  /** The back-end has a queue. */
  void runs(int queue) { running.add(queue); }

  boolean noneRuns() { return running.isEmpty(); }

  boolean isUnclear(int queue) { return unclear.contains(queue); }

  boolean anyUnclear() { return !unclear.isEmpty(); }

  /** The driver has reset the device. */
  void forget() { unclear.clear(); }

  /**
   * The back-end is gone.
   *
   * @param recorded whether it has written down what was under way; otherwise that is known only where there is nothing
   */
  void lost(boolean recorded) {
    for (int queue : running) {
      if (!recorded && !isIdle(rings.get(queue))) {
        unclear.add(queue);
      }
    }
    running.clear();
  }

  /** The device's queues wait for a reset: what another back-end would have to know, it cannot. */
  void lostForGood() {
    unclear.addAll(running);
    running.clear();
  }

  private boolean isIdle(BackendRing ring) {
    try {
      return used(ring) == memory.getShort(ring.driver().gpa() + 2);
    } catch (GuestError notMemory) {
      return false;
    }
  }

  /** How many chains were used, modulo 2^16. */
  int used(BackendRing ring) {
    return memory.getShort(ring.device().gpa() + 2);
  }
}
