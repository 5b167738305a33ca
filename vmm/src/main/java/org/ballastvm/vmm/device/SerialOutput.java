package org.ballastvm.vmm.device;

import java.util.ArrayList;
import java.util.List;

/**
 * What a guest has sent through a serial port and nobody has fetched, and when its fetcher is woken. The port's lock is held.
 *
 * <p>
 * A driver that lives on the transmitter's interrupt has one pending after each byte, so it comes back and shows by what
 * it does then whether there is more; one that polls goes on until the end of the line. Until then the event loop is left
 * asleep: waking it for each byte would take the processor from the guest as often.
 */
final class SerialOutput {
  /** What became of output. */
  enum News {
    NONE, HELD, READY
  }

  /** What a driver sends without asking again once it has read that it may. */
  private static final int FIFO_BYTES = 16;
  private static final int LSR_HOLDING_EMPTY = 0x20;
  private static final int LSR_TRANSMITTER_EMPTY = 0x40;
  private static final int RING_BYTES = 4096;
  /** Upper bound of what is held back, far below the ring's size, so that holding back never fills it. */
  private static final int MOST_HELD_BYTES = 512;

  /**
   * What nobody has fetched.
   *
   * @param bytes the oldest first
   * @param heldCount how many of them were not announced
   */
  record State(List<Byte> bytes, int heldCount) {
    State {
      bytes = List.copyOf(bytes);
    }
  }

  /** Nothing was sent. */
  static final State POWER_ON = new State(List.of(), 0);

  private final byte[] ring = new byte[RING_BYTES];
  private int start;
  private int count;
  /** How much of it was not announced. */
  private int heldCount;

  State state() {
    List<Byte> bytes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      bytes.add(ring[(start + i) % RING_BYTES]);
    }
    return new State(bytes, heldCount);
  }

  void restore(State state) {
    start = 0;
    count = state.bytes().size();
    heldCount = state.heldCount();
    for (int i = 0; i < count; i++) {
      ring[i] = state.bytes().get(i);
    }
  }

  boolean isEmpty() { return count == 0; }

  /** Whether there is room for as much as a FIFO holds. */
  boolean hasRoom() {
    return count <= RING_BYTES - FIFO_BYTES;
  }

  /** Its bits of the line status register. */
  int status() {
    return hasRoom() ? LSR_HOLDING_EMPTY | LSR_TRANSMITTER_EMPTY : 0;
  }

  /** Takes a byte; false if there is no room. */
  boolean put(int value) {
    if (count == RING_BYTES) {
      return false;
    }
    ring[(start + count) % RING_BYTES] = (byte) value;
    count++;
    return true;
  }

  /** Fetches as much as fits. */
  int take(byte[] into) {
    int taken = Math.min(count, into.length);
    for (int i = 0; i < taken; i++) {
      into[i] = ring[(start + i) % RING_BYTES];
    }
    start = (start + taken) % RING_BYTES;
    count -= taken;
    heldCount = Math.min(heldCount, count);
    return taken;
  }

  /**
   * What became of bytes that were just sent.
   *
   * @param sent how many, or none
   * @param endsLine whether the last of them ends a line
   * @param comesBack whether the driver has an interrupt before it that asks for more
   */
  News newsOf(int sent, boolean endsLine, boolean comesBack) {
    int before = heldCount;
    heldCount += sent;
    if ((comesBack || sent > 0 && !endsLine) && heldCount < MOST_HELD_BYTES) {
      return sent > 0 && before == 0 ? News.HELD : News.NONE;
    }
    return release() ? News.READY : News.NONE;
  }

  /** Holds nothing back any more; true if something was. */
  boolean release() {
    boolean any = heldCount > 0;
    heldCount = 0;
    return any;
  }
}
