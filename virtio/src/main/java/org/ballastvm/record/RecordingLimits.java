package org.ballastvm.record;

/**
 * How much is recorded.
 *
 * @param chainBytes of each chain, each way, in bytes
 * @param recordBytes of the recording; it ends with a line that says so
 */
public record RecordingLimits(int chainBytes, long recordBytes) {
  /** Upper bound of {@link #chainBytes}. */
  public static final int MOST_CHAIN_BYTES = 1 << 20;
  /** Lower bound of {@link #recordBytes}: room for the first line and the last. */
  public static final long LEAST_RECORD_BYTES = 4096;
  /** Upper bound of {@link #recordBytes}. */
  public static final long MOST_RECORD_BYTES = 1L << 32;
  /** 256 bytes of each chain, 64 MiB in all. */
  public static final RecordingLimits USUAL = new RecordingLimits(256, 64 << 20);

  /** Checks both. */
  public RecordingLimits {
    if (chainBytes < 0 || chainBytes > MOST_CHAIN_BYTES) {
      throw new IllegalArgumentException(
          "bytes=" + chainBytes + ": must be a number from 0 to " + MOST_CHAIN_BYTES);
    }
    if (recordBytes < LEAST_RECORD_BYTES || recordBytes > MOST_RECORD_BYTES) {
      throw new IllegalArgumentException("limit=" + recordBytes + ": must be a number from " + LEAST_RECORD_BYTES
          + " to " + MOST_RECORD_BYTES);
    }
  }
}
