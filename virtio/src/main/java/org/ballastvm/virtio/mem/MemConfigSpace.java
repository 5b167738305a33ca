package org.ballastvm.virtio.mem;

/** {@code struct virtio_mem_config}, all of it read-only. Virtio 1.3, 5.15.4. */
final class MemConfigSpace {
  /** Seven words of eight bytes. */
  static final int BYTES = 56;
  /** Where {@code requested_size} is. */
  static final int REQUESTED_SIZE = 48;

  private final MemBlocks blocks;

  MemConfigSpace(MemBlocks blocks) { this.blocks = blocks; }

  /** What the driver reads from {@code offset} on; two registers where it reads across their border. */
  long read(int offset) {
    int shift = 8 * (offset & 7);
    long low = word(offset >> 3) >>> shift;
    return shift == 0 ? low : low | word((offset >> 3) + 1) << Long.SIZE - shift;
  }

  private long word(int index) {
    return switch (index) {
      case 0 -> blocks.config().blockBytes();
      case 1 -> blocks.config().node(); // six bytes of padding follow
      case 2 -> blocks.config().base();
      case 3 -> blocks.config().sizeBytes();
      case 4 -> blocks.usableBytes();
      case 5 -> blocks.pluggedBytes();
      case 6 -> blocks.requestedBytes();
      default -> 0;
    };
  }
}
