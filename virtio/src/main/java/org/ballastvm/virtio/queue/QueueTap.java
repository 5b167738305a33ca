package org.ballastvm.virtio.queue;

/** Stands between a device and one of its queues: what passes is written down, or goes wrong. The device's lock is held. */
public interface QueueTap {
  /**
   * The device has taken a chain.
   *
   * @param queue from which queue
   * @param chain the chain, valid until this returns
   */
  default void taken(Virtqueue queue, DescriptorChain chain) {
    // Of interest to those who write down what passes.
  }

  /**
   * The device is done with a chain. Whoever overrides this puts it on the ring, by {@link Virtqueue#place}, or not.
   *
   * @param queue of which queue
   * @param head the chain
   * @param writtenBytes how many bytes of it the device has written
   */
  default void used(Virtqueue queue, int head, int writtenBytes) { queue.place(head, writtenBytes); }
}
