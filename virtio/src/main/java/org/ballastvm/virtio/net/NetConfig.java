package org.ballastvm.virtio.net;

import java.util.OptionalInt;

/**
 * What a network card is made of.
 *
 * @param mac its address, of one station
 * @param pairs how many pairs of queues it has, 1 to {@link #MOST_PAIRS}
 * @param mtu how long a packet may be at most, as the driver reads it, in bytes; there is no such field when empty
 * @param rxQueueSize entries of a queue for received frames, a power of two from {@link #LEAST_QUEUE} to {@link #MOST_QUEUE}
 * @param txQueueSize entries of a queue for frames to send, likewise
 */
public record NetConfig(MacAddress mac, int pairs, OptionalInt mtu, int rxQueueSize, int txQueueSize) {
  /** Two interrupts a pair, one for commands and one for changes: the MSI-X table has 64. */
  public static final int MOST_PAIRS = 31;
  /** A packet may be this short at most. Virtio 1.3, 5.1.4.1. */
  public static final int LEAST_MTU = 68;
  /** A packet may be this long at most. */
  public static final int MOST_MTU = 65535;
  /** The fewest entries of a queue; as in QEMU, a frame is to fit with its pieces. */
  public static final int LEAST_QUEUE = 256;
  /** The most entries of a queue: what one writev takes. */
  public static final int MOST_QUEUE = 1024;

  /** Checks all of it. */
  public NetConfig {
    if (mac.isGroup()) {
      throw new IllegalArgumentException("mac=" + mac + ": must be of one station, so its first byte must be even");
    }
    requireRange("queues", pairs, 1, MOST_PAIRS);
    if (mtu.isPresent()) {
      requireRange("host_mtu", mtu.getAsInt(), LEAST_MTU, MOST_MTU);
    }
    requireQueue("rx_queue_size", rxQueueSize);
    requireQueue("tx_queue_size", txQueueSize);
  }

  /**
   * A card with one pair of queues of the usual size.
   *
   * @param mac its address
   * @return the card
   */
  public static NetConfig of(MacAddress mac) {
    return new NetConfig(mac, 1, OptionalInt.empty(), LEAST_QUEUE, LEAST_QUEUE);
  }

  private static void requireRange(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(what + "=" + value + ": must be a number from " + least + " to " + most);
    }
  }

  private static void requireQueue(String what, int size) {
    if (size < LEAST_QUEUE || size > MOST_QUEUE || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          what + "=" + size + ": must be a power of two from " + LEAST_QUEUE + " to " + MOST_QUEUE);
    }
  }
}
