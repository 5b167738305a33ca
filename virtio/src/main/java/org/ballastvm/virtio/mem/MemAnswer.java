package org.ballastvm.virtio.mem;

/** What a memory device answers. Virtio 1.3, 5.15.6. */
enum MemAnswer {
  /** It is done. */
  ACK(0, 0),
  /** It would be more than is requested. */
  NACK(1, 0),
  /** The host cannot now; the driver may ask again. */
  BUSY(2, 0),
  /** The request breaks a rule. */
  ERROR(3, 0),
  /** Asked for the state: all blocks are plugged. */
  PLUGGED(0, 0),
  /** Asked for the state: none is. */
  UNPLUGGED(0, 1),
  /** Asked for the state: some are. */
  MIXED(0, 2);

  /** {@code struct virtio_mem_resp}: type, three words of padding, state; two bytes each. */
  static final int BYTES = 10;

  /** The type, as the lowest bytes of the first eight. */
  final int type;
  /** What comes behind them. */
  final int state;

  MemAnswer(int type, int state) {
    this.type = type;
    this.state = state;
  }
}
