package org.ballastvm.device;

/** A virtio device. Its transport is virtio over PCI; it negotiates, and has queues. */
public non-sealed interface SimpleVirtio extends Device {
  /** The configuration space of a device that has none. */
  record NoConfig() {}

  /** {@return which kind of device the guest's driver finds, virtio 1.3, 5} */
  int type();

  /** {@return the features of its own that it offers, by default none} */
  default long features() { return 0; }

  /** {@return the largest size of each of its queues, powers of two up to 32768; by default one queue of 64} */
  default int[] queueSizes() {
    return new int[]{64};
  }

  /**
   * Its configuration space: the components of a record, in their order, little-endian without padding. They are of the types
   * byte, short, int and long.
   *
   * @return what the driver reads now; always of the same class
   */
  default Record config() { return new NoConfig(); }

  /**
   * The driver writes its configuration space. By default nothing changes.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8, all of it inside
   * @param value in the low {@code width} bytes
   */
  default void configWritten(int offset, int width, long value) {
    // Most have nothing that a driver writes.
  }

  /**
   * A driver is ready.
   *
   * @param port what the device has of it, until {@link #reset}
   */
  default void started(VirtioPort port) {
    // Most wait for a queue to be ready.
  }

  /**
   * The driver has rung for a queue: it may have chains. What is left in it stays there, and is asked for again when the
   * driver rings.
   *
   * @param queue which
   */
  void ready(Queue queue);

  /** The driver, or the machine, was reset: all that came from it is forgotten. */
  default void reset() {
    // Most keep nothing.
  }
}
