package org.ballastvm.virtio.net;

/** What a network card may offer. Virtio 1.3, 5.1.3. */
public enum NetFeature {
  /** The device finishes checksums of frames that the driver sends. */
  CSUM(0),
  /** The driver takes frames whose checksum is not finished. */
  GUEST_CSUM(1),
  /** The driver says, while it runs, which of its offloads are on. */
  CTRL_GUEST_OFFLOADS(2),
  /** The device says how long a packet may be. */
  MTU(3),
  /** The device has an address. */
  MAC(5),
  /** The driver takes large segments of TCP over IPv4. */
  GUEST_TSO4(7),
  /** The driver takes large segments of TCP over IPv6. */
  GUEST_TSO6(8),
  /** The driver takes large segments with congestion marks. */
  GUEST_ECN(9),
  /** The device takes large segments of TCP over IPv4. */
  HOST_TSO4(11),
  /** The device takes large segments of TCP over IPv6. */
  HOST_TSO6(12),
  /** The device takes large segments with congestion marks. */
  HOST_ECN(13),
  /** A frame may go into several buffers of the driver. */
  MRG_RXBUF(15),
  /** The device says whether its link is up. */
  STATUS(16),
  /** There is a queue for commands. */
  CTRL_VQ(17),
  /** Commands choose which frames the driver wants. */
  CTRL_RX(18),
  /** Commands choose that more finely. */
  CTRL_RX_EXTRA(20),
  /** The device can ask the driver to make itself known to the network. */
  GUEST_ANNOUNCE(21),
  /** There are several pairs of queues. */
  MQ(22),
  /** A command sets the address. */
  CTRL_MAC_ADDR(23);

  private final int number;

  NetFeature(int number) { this.number = number; }

  /** {@return its bit in a word of features} */
  public long bit() { return 1L << number; }

  /**
   * Whether it is among others.
   *
   * @param features a word of features
   * @return true if its bit is set there
   */
  public boolean in(long features) { return (features & bit()) != 0; }

  /** The bits of some. */
  static long bits(NetFeature... some) {
    long bits = 0;
    for (NetFeature feature : some) {
      bits |= feature.bit();
    }
    return bits;
  }
}
