package org.ballastvm.virtio.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ballastvm.virtio.QueueServer;

/** Has the first queues of a device, and does with it what a test says. */
public final class FakeServer implements QueueServer {
  /** Of a network card's, the feature that those must know who fill its queues. */
  private static final long MRG_RXBUF = 1L << 15;

  private final Map<Integer, Ring> rings = new TreeMap<>();
  private final List<String> calls = new ArrayList<>();
  private final int queues;
  private final Share share;
  private RuntimeException refusal;
  private int next = -1;

  /** Which queues are its. */
  @FunctionalInterface
  public interface Share {
    /** Whether one is, by what was agreed on. */
    boolean includes(int queue, long features);
  }

  /** One that has the first queue. */
  public FakeServer() { this(1, (queue, features) -> true); }

  /** One that may have several. */
  public FakeServer(int queues, Share share) {
    this.queues = queues;
    this.share = share;
  }

  /** Refuses queues from now on; accepts them again when null. */
  public void refuse(RuntimeException with) {
    refusal = with;
  }

  /** Says how far it is when it is stopped. */
  public void isAt(int chain) { next = chain; }

  /** The queues that it has. */
  public Map<Integer, Ring> rings() { return rings; }

  /** What was asked of it since the last call. */
  public List<String> takeCalls() {
    List<String> taken = List.copyOf(calls);
    calls.clear();
    return taken;
  }

  @Override
  public int queues() { return queues; }

  @Override
  public boolean serves(int queue, long features) { return share.includes(queue, features); }

  @Override
  public long features() { return PciDriver.VERSION_1 | PciDriver.INDIRECT | MRG_RXBUF; }

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
