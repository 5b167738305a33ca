package org.ballastvm.virtio.pci;

import java.util.Optional;
import org.ballastvm.virtio.queue.Virtqueue;

/** What the driver has set of a queue. Virtio 1.3, 4.1.4.3. */
final class QueueSetup {
  static final int NO_VECTOR = 0xffff;

  int mostEntries;
  int size;
  int vector;
  boolean enabled;
  long descriptors;
  long driver;
  long device;

  QueueSetup(int mostEntries) {
    this.mostEntries = mostEntries;
    restore(powerOn());
  }

  /** {@return how it is after power-on} */
  TransportState.Queue powerOn() {
    return new TransportState.Queue(mostEntries, NO_VECTOR, 0, 0, 0, Optional.empty());
  }

  /**
   * What the driver has set.
   *
   * @param ring how far the device is with the queue, if the driver has enabled it
   */
  TransportState.Queue state(Optional<Virtqueue.State> ring) {
    return new TransportState.Queue(size, vector, descriptors, driver, device, ring);
  }

  /** Gives it another largest size, which one that is enabled has after a reset. */
  void limit(int entries) {
    if (!enabled && size == mostEntries) {
      size = entries;
    }
    mostEntries = entries;
  }

  void restore(TransportState.Queue state) {
    size = state.size();
    vector = state.vector();
    enabled = state.ring().isPresent();
    descriptors = state.descriptors();
    driver = state.driver();
    device = state.device();
  }
}
