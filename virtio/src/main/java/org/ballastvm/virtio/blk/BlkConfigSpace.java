package org.ballastvm.virtio.blk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@code struct virtio_blk_config}. Virtio 1.3, 5.2.4. The transport's lock is held. */
final class BlkConfigSpace {
  static final int BYTES = 60;
  static final int WRITEBACK = 32;

  private static final int CAPACITY = 0;
  private static final int SEG_MAX = 12;
  private static final int BLK_SIZE = 20;
  private static final int PHYSICAL_BLOCK_EXP = 24;
  private static final int MIN_IO_SIZE = 26;
  private static final int NUM_QUEUES = 34;
  private static final int MAX_DISCARD_SECTORS = 36;
  private static final int MAX_DISCARD_SEG = 40;
  private static final int DISCARD_SECTOR_ALIGNMENT = 44;
  private static final int MAX_WRITE_ZEROES_SECTORS = 48;
  private static final int MAX_WRITE_ZEROES_SEG = 52;
  private static final int WRITE_ZEROES_MAY_UNMAP = 56;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  /** With zeros behind the end, so that eight bytes can be read anywhere. */
  private final byte[] bytes = new byte[BYTES + Long.BYTES];
  private final MemorySegment registers = MemorySegment.ofArray(bytes);

  BlkConfigSpace(BlkConfig config) {
    registers.set(INT, SEG_MAX, segments(config));
    registers.set(INT, BLK_SIZE, config.logicalBlockBytes());
    registers.set(BYTE, PHYSICAL_BLOCK_EXP,
        (byte) Integer.numberOfTrailingZeros(config.physicalBlockBytes() / config.logicalBlockBytes()));
    registers.set(SHORT, MIN_IO_SIZE, (short) (config.physicalBlockBytes() / config.logicalBlockBytes()));
    registers.set(SHORT, NUM_QUEUES, (short) config.queues());
    if (config.discard()) {
      registers.set(INT, MAX_DISCARD_SECTORS, RequestReader.MOST_RANGE_SECTORS);
      registers.set(INT, MAX_DISCARD_SEG, 1);
      registers.set(INT, DISCARD_SECTOR_ALIGNMENT, config.logicalBlockBytes() / BlkConfig.SECTOR_BYTES);
    }
    if (config.writeZeroes()) {
      registers.set(INT, MAX_WRITE_ZEROES_SECTORS, RequestReader.MOST_RANGE_SECTORS);
      registers.set(INT, MAX_WRITE_ZEROES_SEG, 1);
      registers.set(BYTE, WRITE_ZEROES_MAY_UNMAP, (byte) 1);
    }
  }

  /** A chain may be as long as the queue; the header and the status take a descriptor each. */
  private static int segments(BlkConfig config) {
    return config.queueSize() - 2;
  }

  long read(int offset) { return registers.get(LONG, offset); }

  void capacity(long sizeBytes) { registers.set(LONG, CAPACITY, sizeBytes / BlkConfig.SECTOR_BYTES); }

  boolean writeCache() { return registers.get(BYTE, WRITEBACK) != 0; }

  void writeCache(boolean on) { registers.set(BYTE, WRITEBACK, (byte) (on ? 1 : 0)); }
}
