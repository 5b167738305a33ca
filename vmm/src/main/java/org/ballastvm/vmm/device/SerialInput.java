package org.ballastvm.vmm.device;

/** What has arrived at a serial port and the guest has not read: a FIFO, or one byte. The port's lock is held. */
final class SerialInput {
  private static final int FIFO_BYTES = 16;

  private final byte[] fifo = new byte[FIFO_BYTES];
  private int start;
  private int count;
  /** A bit for each place that holds a BREAK that nobody was told of. */
  private int breaks;
  private boolean overrun;

  int count() { return count; }

  /** Whether a byte came when there was no room, and nobody was told. */
  boolean isOverrun() { return overrun; }

  /** Whether the next byte stands for a BREAK that nobody was told of. */
  boolean isBreakNext() {
    return count > 0 && (breaks >> start & 1) != 0;
  }

  /** The guest has read what is wrong with its input. */
  void clearErrors() {
    overrun = false;
    breaks &= ~(1 << start);
  }

  /** Takes a byte, where there is room. */
  void put(int value, int capacity) {
    if (count == capacity) {
      overrun = true;
      return;
    }
    int place = (start + count) % FIFO_BYTES;
    fifo[place] = (byte) value;
    breaks &= ~(1 << place);
    count++;
  }

  /** Takes a BREAK, which is a byte of zeros with a mark. There is room. */
  void putBreak(int capacity) {
    put(0, capacity);
    breaks |= 1 << (start + count - 1) % FIFO_BYTES;
  }

  /** The next byte; 0 if there is none. */
  int take() {
    if (count == 0) {
      return 0;
    }
    int value = fifo[start] & 0xff;
    start = (start + 1) % FIFO_BYTES;
    count--;
    return value;
  }

  /** Drops what there is. */
  void clear() { count = 0; }
}
