package org.ballastvm.virtio.blk;

import java.nio.charset.StandardCharsets;

/**
 * What a block device offers its driver.
 *
 * @param queues how many request queues, 1 to {@link #MOST_QUEUES}
 * @param queueSize entries of each, a power of two from 4 to {@link #MOST_QUEUE_SIZE}
 * @param logicalBlockBytes what a request's place and length are multiples of: a power of two from 512 to 2 MiB
 * @param physicalBlockBytes what the disk writes at once, a power of two from the logical block to 2 MiB
 * @param serial what GET_ID says, up to 20 bytes of ASCII; empty for none
 * @param writeCache whether a write may be lost until a flush, after power-on; the driver may change it
 * @param readOnly whether nothing can be written
 * @param discard whether ranges can be discarded
 * @param writeZeroes whether ranges can be filled with zeros without sending them
 */
public record BlkConfig(int queues, int queueSize, int logicalBlockBytes, int physicalBlockBytes, String serial,
    boolean writeCache, boolean readOnly, boolean discard, boolean writeZeroes) {
  /** One interrupt for each queue, and one for the configuration: as many as a function can have. */
  public static final int MOST_QUEUES = 63;
  /** As QEMU has it. */
  public static final int MOST_QUEUE_SIZE = 1024;
  /** As QEMU has it, since 5.0. */
  public static final int USUAL_QUEUE_SIZE = 256;
  /** What virtio counts a disk in. 5.2.4 */
  public static final int SECTOR_BYTES = 512;
  /** The largest block, as QEMU has it. */
  public static final int MOST_BLOCK_BYTES = 2 << 20;
  /** The length of what GET_ID says. 5.2.6 */
  public static final int SERIAL_BYTES = 20;

  private static final int LEAST_QUEUE_SIZE = 4;

  /** A disk with one queue, for tests and as a beginning. */
  public static final BlkConfig DEFAULTS = new BlkConfig(1, USUAL_QUEUE_SIZE, SECTOR_BYTES, SECTOR_BYTES, "", true,
      false, true, true);

  /** Checks ranges; the message of an IllegalArgumentException says which property is wrong, and what is allowed. */
  public BlkConfig {
    require(queues >= 1 && queues <= MOST_QUEUES,
        "num-queues=" + queues + " must be from 1 to " + MOST_QUEUES);
    require(queueSize >= LEAST_QUEUE_SIZE && queueSize <= MOST_QUEUE_SIZE && Integer.bitCount(queueSize) == 1,
        "queue-size=" + queueSize + " must be a power of 2 from " + LEAST_QUEUE_SIZE + " to " + MOST_QUEUE_SIZE);
    requireBlock("logical_block_size", logicalBlockBytes, SECTOR_BYTES);
    requireBlock("physical_block_size", physicalBlockBytes, logicalBlockBytes);
    require(serial.length() <= SERIAL_BYTES && StandardCharsets.US_ASCII.newEncoder().canEncode(serial),
        "serial=" + serial + " must be up to " + SERIAL_BYTES + " characters of ASCII");
  }

  private static void requireBlock(String name, int bytes, int least) {
    require(bytes >= least && bytes <= MOST_BLOCK_BYTES && Integer.bitCount(bytes) == 1,
        name + "=" + bytes + " must be a power of 2 from " + least + " to " + MOST_BLOCK_BYTES);
  }

  private static void require(boolean condition, String sentence) {
    if (!condition) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /**
   * The same with another number of queues.
   *
   * @param count how many
   * @return a copy
   */
  public BlkConfig withQueues(int count) {
    return new BlkConfig(count, queueSize, logicalBlockBytes, physicalBlockBytes, serial, writeCache, readOnly, discard,
        writeZeroes);
  }

  /**
   * The same with queues of another size.
   *
   * @param entries of each queue
   * @return a copy
   */
  public BlkConfig withQueueSize(int entries) {
    return new BlkConfig(queues, entries, logicalBlockBytes, physicalBlockBytes, serial, writeCache, readOnly, discard,
        writeZeroes);
  }

  /**
   * The same with blocks of other sizes.
   *
   * @param logicalBytes what a request's place and length are multiples of
   * @param physicalBytes what the disk writes at once
   * @return a copy
   */
  public BlkConfig withBlocks(int logicalBytes, int physicalBytes) {
    return new BlkConfig(queues, queueSize, logicalBytes, physicalBytes, serial, writeCache, readOnly, discard,
        writeZeroes);
  }

  /**
   * The same with another serial number.
   *
   * @param number up to 20 bytes of ASCII
   * @return a copy
   */
  public BlkConfig withSerial(String number) {
    return new BlkConfig(queues, queueSize, logicalBlockBytes, physicalBlockBytes, number, writeCache, readOnly,
        discard, writeZeroes);
  }

  /**
   * The same with or without a write cache.
   *
   * @param on whether a write may be lost until a flush
   * @return a copy
   */
  public BlkConfig withWriteCache(boolean on) {
    return new BlkConfig(queues, queueSize, logicalBlockBytes, physicalBlockBytes, serial, on, readOnly, discard,
        writeZeroes);
  }

  /**
   * The same for a disk that cannot be written, or can.
   *
   * @param on whether it cannot; nothing can be discarded or filled with zeros then either
   * @return a copy
   */
  public BlkConfig withReadOnly(boolean on) {
    return new BlkConfig(queues, queueSize, logicalBlockBytes, physicalBlockBytes, serial, writeCache, on,
        discard && !on, writeZeroes && !on);
  }

  /**
   * The same with or without DISCARD.
   *
   * @param on whether ranges can be discarded
   * @return a copy
   */
  public BlkConfig withDiscard(boolean on) {
    return new BlkConfig(queues, queueSize, logicalBlockBytes, physicalBlockBytes, serial, writeCache, readOnly, on,
        writeZeroes);
  }

  /**
   * The same with or without WRITE_ZEROES.
   *
   * @param on whether ranges can be filled with zeros without sending them
   * @return a copy
   */
  public BlkConfig withWriteZeroes(boolean on) {
    return new BlkConfig(queues, queueSize, logicalBlockBytes, physicalBlockBytes, serial, writeCache, readOnly,
        discard,
        on);
  }
}
