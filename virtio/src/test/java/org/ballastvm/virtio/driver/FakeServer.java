package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.virtio.QueueServer;

/** Has the first queue of a device, and does with it what a test says. */
public final class FakeServer implements QueueServer {
  private final Map<Integer, Ring> rings = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private RuntimeException refusal;
  private int next = -1;

  /** Refuses queues from now on; accepts them again when null. */
  public void refuse(RuntimeException with) { refusal = with; }

  /** Says how far it is when it is stopped. */
  public void isAt(int chain) { next = chain; }

  /** The queues that it has. */
  public Map<Integer, Ring> rings() { return rings; }

  /** What it was told since the last call. */
  public List<String> takeCalls() {
    List<String> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  @Override
  public int queues() { return 1; }

  @Override
  public long features() { return PciDriver.VERSION_1 | PciDriver.INDIRECT; }

  @Override
  public void start(Ring ring) {
    if (refusal != null) {
      throw refusal;
    }
    calls.add("start " + ring.queue() + " at " + ring.next());
    if (rings.put(ring.queue(), ring) != null) {
      throw new IllegalStateException("queue " + ring.queue() + " is here already");
    }
  }

  @Override
  public int stop(int queue) {
    calls.add("stop " + queue);
    if (rings.remove(queue) == null) {
      throw new IllegalStateException("queue " + queue + " is not here");
    }
    return next;
  }
}
