package org.ballastvm.vmm.device;

import java.util.ArrayList;
import java.util.List;

/** What has arrived at a serial port and the guest has not read: a FIFO, or one byte. The port's lock is held. */
final class SerialInput {
  private static final int FIFO_BYTES = 16;
  private static final int LSR_DATA_READY = 0x01;
  private static final int LSR_OVERRUN = 0x02;
  private static final int LSR_BREAK = 0x10;

  /**
   * What the guest has not read.
   *
   * @param bytes each with bit 8 set if it stands for a BREAK that was not reported, the oldest first
   * @param overrun whether a byte came when there was no room, and that was not reported
   */
  record State(List<Integer> bytes, boolean overrun) {
    State {
      bytes = List.copyOf(bytes);
    }
  }

  /** Nothing has come. */
  static final State POWER_ON = new State(List.of(), false);

  private static final int BREAK = 1 << Byte.SIZE;

  private final byte[] fifo = new byte[FIFO_BYTES];
  private int start;
  private int count;
  /** A bit for each place that holds a BREAK that was not reported. */
  private int breaks;
  private boolean overrun;

  State state() {
    List<Integer> bytes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int place = (start + i) % FIFO_BYTES;
      bytes.add(fifo[place] & 0xff | ((breaks >> place & 1) != 0 ? BREAK : 0));
    }
    return new State(bytes, overrun);
  }

  void restore(State state) {
    start = 0;
    count = state.bytes().size();
    breaks = 0;
    overrun = state.overrun();
    for (int i = 0; i < count; i++) {
      fifo[i] = state.bytes().get(i).byteValue();
      breaks |= (state.bytes().get(i) & BREAK) != 0 ? 1 << i : 0;
    }
  }

  int count() { return count; }

  /** Its bits of the line status register. */
  int status() {
    return (count > 0 ? LSR_DATA_READY : 0) | (overrun ? LSR_OVERRUN : 0) | (isBreakNext() ? LSR_BREAK : 0);
  }

  /** Whether a byte came when there was no room, and that was not reported. */
  boolean isOverrun() { return overrun; }

  /** Whether the next byte stands for a BREAK that was not reported. */
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
