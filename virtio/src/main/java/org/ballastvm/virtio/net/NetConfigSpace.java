package org.ballastvm.virtio.net;

/**
 * {@code struct virtio_net_config}. Virtio 1.3, 5.1.4. A register is read as one word: the host changes the status while
 * the driver reads.
 */
final class NetConfigSpace {
  /** As far as the fields go that this device has: mac, status, max_virtqueue_pairs, mtu. */
  static final int BYTES = 12;

  private static final int LINK_UP = 1;
  private static final int ANNOUNCE = 2;
  private static final int STATUS_SHIFT = 48;

  private final int maxPairs;
  private final int mtu;
  private volatile long mac;
  private volatile int status;

  NetConfigSpace(NetConfig config) {
    maxPairs = config.pairs();
    mtu = config.mtu().orElse(0);
  }

  void mac(MacAddress address) { mac = address.littleEndian(); }

  boolean isLinkUp() { return (status & LINK_UP) != 0; }

  boolean isAnnouncing() { return (status & ANNOUNCE) != 0; }

  void linkUp(boolean up) { set(LINK_UP, up); }

  void announcing(boolean asked) { set(ANNOUNCE, asked); }

  private void set(int bit, boolean on) { status = on ? status | bit : status & ~bit; }

  /** What the driver reads from {@code offset} on, in the low bytes. */
  long read(int offset) {
    long low = mac | (long) status << STATUS_SHIFT;
    long high = maxPairs | (long) mtu << 16;
    return offset >= Long.BYTES
        ? high >>> 8 * (offset - Long.BYTES)
        : offset == 0 ? low : low >>> 8 * offset | high << 64 - 8 * offset;
  }
}
