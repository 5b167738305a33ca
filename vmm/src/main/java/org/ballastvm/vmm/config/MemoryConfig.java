package org.ballastvm.vmm.config;

import java.util.Optional;

/**
 * {@code -m}: base memory and room to grow.
 *
 * @param sizeBytes base memory, in bytes, a multiple of 4 KiB above zero
 * @param slots DIMM slots, 0 to 256
 * @param maxSizeBytes base memory and all that can ever be plugged, in bytes, at least {@code sizeBytes}
 * @param backend id of the {@code -object} that holds base memory; anonymous private memory when empty
 */
public record MemoryConfig(long sizeBytes, int slots, long maxSizeBytes, Optional<String> backend) {
  /** The most a guest can be given, in bytes: what 46 physical address bits leave for memory. */
  public static final long MOST_BYTES = 64L << 40;

  /** Checks the ranges. */
  public MemoryConfig {
    if (sizeBytes <= 0 || sizeBytes % PageSize.BYTES != 0 || sizeBytes > MOST_BYTES) {
      throw new UserError("-m size=" + ByteSize.describe(sizeBytes)
          + ": guest memory must be a multiple of 4 KiB, above zero and at most " + ByteSize.describe(MOST_BYTES));
    }
    if (slots < 0 || slots > 256) {
      throw new UserError("-m slots=" + slots + ": slots must be 0 to 256");
    }
    if (maxSizeBytes < sizeBytes || maxSizeBytes > MOST_BYTES) {
      throw new UserError("-m maxmem=" + ByteSize.describe(maxSizeBytes) + ": maxmem must be at least the size, "
          + ByteSize.describe(sizeBytes) + ", and at most " + ByteSize.describe(MOST_BYTES));
    }
  }

  /**
   * Base memory alone.
   *
   * @param sizeBytes base memory in bytes
   * @return memory that cannot grow, on anonymous private pages
   */
  public static MemoryConfig of(long sizeBytes) {
    return new MemoryConfig(sizeBytes, 0, sizeBytes, Optional.empty());
  }
}
