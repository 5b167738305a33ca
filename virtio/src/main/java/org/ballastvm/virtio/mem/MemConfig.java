package org.ballastvm.virtio.mem;

/**
 * What the user asked of a memory device.
 *
 * @param base where its region begins, a guest physical address, a multiple of the block size
 * @param sizeBytes the most it can plug, a multiple of the block size above zero
 * @param blockBytes what is plugged and unplugged at once, a power of two of at least 1 MiB
 * @param node the guest's node that its memory belongs to, 0 to 65535
 * @param hasNodes whether the guest knows nodes at all, so that {@code node} means something
 * @param inaccessible whether the driver must know that unplugged blocks are out of reach
 * @param requestedBytes how much the guest should plug at first, a multiple of the block size, at most the size
 */
public record MemConfig(long base, long sizeBytes, long blockBytes, int node, boolean hasNodes,
    Inaccessible inaccessible, long requestedBytes) {
  /** The smallest block, in bytes, as in QEMU: smaller ones make bitmaps that nobody needs. */
  public static final long LEAST_BLOCK_BYTES = 1L << 20;
  /** How far the part that a driver may choose from runs ahead of what is asked for, as in QEMU on x86. */
  static final long USABLE_EXTENT_BYTES = 256L << 20;
  /** The most nodes that {@code node_id} can name. */
  public static final int MOST_NODES = 1 << 16;

  /** What a driver is offered for blocks that are not plugged; they are out of reach either way. */
  public enum Inaccessible {
    /** The feature is offered, and the driver may ignore it. */
    AUTO,
    /** The feature is offered, and a driver that does not agree is not let work. */
    ON,
    /** The feature is not offered. */
    OFF
  }

  /** Checks what the specification demands of the registers, virtio 1.3, 5.15.4.2. */
  public MemConfig {
    if (Long.bitCount(blockBytes) != 1 || blockBytes < LEAST_BLOCK_BYTES) {
      throw new IllegalArgumentException("blocks of " + blockBytes + " bytes");
    }
    if (base < 0 || sizeBytes <= 0 || base > Long.MAX_VALUE - sizeBytes || ((base | sizeBytes) & blockBytes - 1) != 0
        || sizeBytes / blockBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a region of " + sizeBytes + " bytes at 0x" + Long.toHexString(base) + " in blocks of " + blockBytes);
    }
    if (requestedBytes < 0 || requestedBytes > sizeBytes || (requestedBytes & blockBytes - 1) != 0) {
      throw new IllegalArgumentException(requestedBytes + " bytes asked for, of " + sizeBytes);
    }
    if (node < 0 || node >= MOST_NODES) {
      throw new IllegalArgumentException("node " + node);
    }
  }

  /** {@return how many blocks its region has} */
  public int blockCount() { return (int) (sizeBytes / blockBytes); }

  /**
   * The least part of the region that a driver must be let choose from.
   *
   * @param wantedBytes what it is asked for, in bytes
   * @return so much from the region's start on, in bytes
   */
  long usableBytesFor(long wantedBytes) {
    return wantedBytes == 0
        ? 0
        : Math.min(sizeBytes, wantedBytes + USABLE_EXTENT_BYTES + blockBytes - 1 & -blockBytes);
  }
}
