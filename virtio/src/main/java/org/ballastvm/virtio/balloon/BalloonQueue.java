package org.ballastvm.virtio.balloon;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a queue of the balloon is for. Virtio 1.3, 5.5.2. Sizes are QEMU's. */
enum BalloonQueue {
  /** Pages that the driver took from the guest. */
  INFLATE(0, 128),
  /** Pages that the guest has back. */
  DEFLATE(0, 128),
  /** How the guest uses its memory. */
  STATS(BalloonFeature.STATS_VQ.bit(), 128),
  /** Pages that the driver took to name them. */
  FREE_PAGE(BalloonFeature.FREE_PAGE_HINT.bit(), 1024),
  /** Memory that is free. */
  REPORTING(BalloonFeature.REPORTING.bit(), 32);

  private final long feature;
  private final int size;

  BalloonQueue(long feature, int size) {
    this.feature = feature;
    this.size = size;
  }

  /** {@return its name for people, such as {@code free-page}} */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@return its number of entries, at most} */
  int size() { return size; }

  /**
   * The queues that there are with some features, by index. The specification has a fixed index for each; drivers and
   * devices have none for a queue that is not there, and those behind it move down (drivers/virtio/virtio_pci_common.c).
   */
  static List<BalloonQueue> with(long features) {
    List<BalloonQueue> queues = new ArrayList<>();
    for (BalloonQueue queue : values()) {
      if ((queue.feature & ~features) == 0) {
        queues.add(queue);
      }
    }
    return List.copyOf(queues);
  }
}
