package org.ballastvm.virtio.blk;

/** Feature bits of a block device, as virtio 1.3, 5.2.3 names them. */
final class BlkFeature {
  static final long SEG_MAX = 1 << 2;
  static final long RO = 1 << 5;
  static final long BLK_SIZE = 1 << 6;
  static final long FLUSH = 1 << 9;
  static final long TOPOLOGY = 1 << 10;
  static final long CONFIG_WCE = 1 << 11;
  static final long MQ = 1 << 12;
  static final long DISCARD = 1 << 13;
  static final long WRITE_ZEROES = 1 << 14;

  private BlkFeature() {}

  /** What a device of a configuration offers. */
  static long of(BlkConfig config) {
    return SEG_MAX | BLK_SIZE | TOPOLOGY | FLUSH | CONFIG_WCE | (config.readOnly() ? RO : 0)
        | (config.queues() > 1 ? MQ : 0) | (config.discard() ? DISCARD : 0)
        | (config.writeZeroes() ? WRITE_ZEROES : 0);
  }
}
