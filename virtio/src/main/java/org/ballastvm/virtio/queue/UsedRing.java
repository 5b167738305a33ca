package org.ballastvm.virtio.queue;

/** The part of a queue by which chains come back to a driver. */
public interface UsedRing {
  /** {@return which queue of the device it is} */
  int index();

  /** {@return how many entries it has} */
  int size();

  /**
   * Puts a chain on the used ring, past what stands between the device and the queue.
   *
   * @param head what the driver reads as its chain
   * @param writtenBytes what it reads as the number of bytes written
   */
  void place(int head, int writtenBytes);
}
