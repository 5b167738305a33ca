package org.ballastvm.virtio.queue;

/** Stands between a device and its queues, where something goes wrong. The device's lock is held. */
@FunctionalInterface
public interface QueueTap {
  /**
   * The device is done with a chain, which is put on the ring by {@link UsedRing#place}, or not.
   *
   * @param ring of which queue
   * @param head the chain
   * @param writtenBytes how many bytes of it the device has written
   */
  void used(UsedRing ring, int head, int writtenBytes);
}
