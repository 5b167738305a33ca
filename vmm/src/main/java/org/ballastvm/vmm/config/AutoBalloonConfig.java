package org.ballastvm.vmm.config;

/**
 * What the user asked of a balloon's automatic mode.
 *
 * @param on {@code auto}: whether it is on from the start
 * @param lowBytes {@code auto-low}: below so much available memory, the guest gets memory back; 0 for what suits it
 * @param highBytes {@code auto-high}: above so much available memory, it is taken from the guest; 0 for what suits it
 * @param rateBytes {@code auto-rate}: how much is taken in a second at most, from {@link #LEAST_RATE}
 */
public record AutoBalloonConfig(boolean on, long lowBytes, long highBytes, long rateBytes) {
  /** The slowest that memory may be taken, in bytes per second. */
  public static final long LEAST_RATE = 1 << 20;
  /** Off. */
  public static final AutoBalloonConfig DEFAULTS = new AutoBalloonConfig(false, 0, 0, 64 << 20);

  private static final long LEAST_LOW = 64L << 20;
  private static final long MOST_LOW = 1L << 30;
  private static final int SHARE = 16;
  private static final long MOST_MARK = 1L << 60;

  /**
   * Two amounts of memory that a guest has available.
   *
   * @param lowBytes the lower, above 0
   * @param highBytes the upper, above the lower
   */
  public record Marks(long lowBytes, long highBytes) {
    /** {@return the amount in the middle between them} */
    public long middleBytes() {
      return lowBytes + (highBytes - lowBytes) / 2;
    }
  }

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if a size is negative, the marks are not apart, or the rate is too low
   */
  public AutoBalloonConfig {
    if (lowBytes < 0 || highBytes < 0) {
      throw new IllegalArgumentException("auto-low=" + lowBytes + ",auto-high=" + highBytes + ": must not be negative");
    }
    if (highBytes > 0 && lowBytes >= highBytes) {
      throw new IllegalArgumentException("auto-low=" + ByteSize.describe(lowBytes) + ": must be below auto-high="
          + ByteSize.describe(highBytes));
    }
    if (highBytes == 1 || Math.max(lowBytes, highBytes) > MOST_MARK) {
      throw new IllegalArgumentException(
          "auto-low=" + lowBytes + ",auto-high=" + highBytes + ": is nothing that a guest could have");
    }
    if (rateBytes < LEAST_RATE) {
      throw new IllegalArgumentException("auto-rate=" + ByteSize.describe(rateBytes) + ": must be at least "
          + ByteSize.describe(LEAST_RATE) + " (per second)");
    }
  }

  /**
   * The marks for a guest. A mark that was not given follows from the other; where none was, the lower is a sixteenth of
   * the guest, from 64 MiB to 1 GiB, and the upper twice as much.
   *
   * @param guestBytes all the memory that the guest could have
   * @return its marks
   */
  public Marks marks(long guestBytes) {
    if (lowBytes == 0 && highBytes == 0) {
      long low = Math.clamp(guestBytes / SHARE, LEAST_LOW, MOST_LOW);
      return new Marks(low, 2 * low);
    }
    long low = lowBytes > 0 ? lowBytes : highBytes / 2;
    return new Marks(low, highBytes > 0 ? highBytes : 2 * low);
  }

  /**
   * The same, but for one property.
   *
   * @param value whether it is on
   * @return the other
   */
  public AutoBalloonConfig withOn(boolean value) {
    return new AutoBalloonConfig(value, lowBytes, highBytes, rateBytes);
  }

  /**
   * The same, but for one property.
   *
   * @param bytes its value
   * @return the other
   * @throws IllegalArgumentException as the constructor
   */
  public AutoBalloonConfig withLow(long bytes) { return new AutoBalloonConfig(on, bytes, highBytes, rateBytes); }

  /**
   * The same, but for one property.
   *
   * @param bytes its value
   * @return the other
   * @throws IllegalArgumentException as the constructor
   */
  public AutoBalloonConfig withHigh(long bytes) { return new AutoBalloonConfig(on, lowBytes, bytes, rateBytes); }

  /**
   * The same, but for one property.
   *
   * @param bytes its value
   * @return the other
   * @throws IllegalArgumentException as the constructor
   */
  public AutoBalloonConfig withRate(long bytes) { return new AutoBalloonConfig(on, lowBytes, highBytes, bytes); }
}
