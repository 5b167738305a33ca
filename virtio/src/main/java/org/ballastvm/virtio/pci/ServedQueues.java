package org.ballastvm.virtio.pci;

import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.queue.Virtqueue;

/** Which queues of a device are with its {@link QueueServer}. The function's lock is held. */
final class ServedQueues {
  private final QueueServer server;
  private final DeviceCalls calls;
  private final boolean[] given;

  ServedQueues(QueueServer server, DeviceCalls calls) {
    this.server = server;
    this.calls = calls;
    this.given = new boolean[server.queues()];
  }

  /** Of how many queues it may have any. */
  int count() { return given.length; }

  /** The ring features among some that a driver may be offered. */
  long offer(long ringFeatures) {
    return ringFeatures & server.features();
  }

  boolean has(int queue) { return queue < given.length && given[queue]; }

  boolean serves(int queue, long features) { return server.serves(queue, features); }

  /**
   * Hands a queue over.
   *
   * @throws org.ballastvm.virtio.queue.GuestError if it lies where it cannot be served; the device has it still
   * @throws QueueServer.Failure if it cannot be served; the device has it still
   */
  void give(int queue, Virtqueue ring, long features) {
    calls.handOver(queue);
    try {
      server.start(new QueueServer.Ring(queue, ring.size(), ring.partStart(0), ring.partStart(1), ring.partStart(2),
          ring.state(0).taken(), features));
    } catch (RuntimeException e) {
      calls.takeBack(queue);
      throw e;
    }
    given[queue] = true;
    calls.ring(queue);
  }

  /** Takes a queue back; the result is the queue as it was left. */
  Virtqueue take(int queue, Virtqueue ring) {
    given[queue] = false;
    int next = server.stop(queue);
    calls.takeBack(queue);
    return next < 0 ? ring.asUsed() : ring.leftAt(next);
  }
}
