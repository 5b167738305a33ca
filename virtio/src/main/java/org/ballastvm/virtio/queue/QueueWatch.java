package org.ballastvm.virtio.queue;

/** Sees what passes through a queue. The device's lock is held; it must not throw, and does little. */
public interface QueueWatch {
  /** Nobody looks. */
  QueueWatch NONE = new QueueWatch() {
  };

  /**
   * The device took a chain that the driver offers.
   *
   * @param chain which; valid during the call
   */
  default void taken(DescriptorChain chain) {
    // Nobody looks.
  }

  /** The device put the chain back that it took last: it will take it again. */
  default void putBack() {
    // Nobody looks.
  }

  /**
   * A chain was put on the used ring.
   *
   * @param head what the driver reads as its chain
   * @param writtenBytes what it reads as the number of bytes written
   */
  default void placed(int head, int writtenBytes) {
    // Nobody looks.
  }
}
