package org.ballastvm.virtio.pci;

/** What the driver has told of a queue. Virtio 1.3, 4.1.4.3. */
final class QueueSetup {
  static final int NO_VECTOR = 0xffff;

  final int mostEntries;
  int size;
  int vector;
  boolean enabled;
  long descriptors;
  long driver;
  long device;

  QueueSetup(int mostEntries) {
    this.mostEntries = mostEntries;
    reset();
  }

  void reset() {
    size = mostEntries;
    vector = NO_VECTOR;
    enabled = false;
    descriptors = 0;
    driver = 0;
    device = 0;
  }
}
