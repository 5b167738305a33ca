package org.ballastvm.vmm.vhostuser;

/** What both sides can agree on about the protocol itself, "Protocol features"; those alone that are used here. */
enum ProtocolFeature {
  /** The number of queues can be asked for. */
  MQ(0),
  /** Any message can be acknowledged. */
  REPLY_ACK(3),
  /** The back-end has a socket for requests of its own. */
  BACKEND_REQ(5),
  /** Configuration space can be read and written. */
  CONFIG(9),
  /** The back-end keeps what is under way in memory that outlives it. */
  INFLIGHT_SHMFD(12),
  /** The device can be reset as a whole. */
  RESET_DEVICE(13),
  /** Regions of memory come and go one by one. */
  CONFIGURE_MEM_SLOTS(15);

  /** All of them. */
  static final long ALL = all();

  private final long mask;

  ProtocolFeature(int bit) { this.mask = 1L << bit; }

  /** Whether a set of bits has it. */
  boolean in(long features) { return (features & mask) != 0; }

  long mask() { return mask; }

  private static long all() {
    long all = 0;
    for (ProtocolFeature feature : values()) {
      all |= feature.mask;
    }
    return all;
  }
}
