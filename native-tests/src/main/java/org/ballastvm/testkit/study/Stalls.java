package org.ballastvm.testkit.study;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How long a spinning thread was kept from running, for each millisecond: the longest time between two of its looks
 * at the clock that touches this millisecond. {@link GuestTool} counts in units of the processor's time-stamp counter,
 * in sixteen buckets for each power of two, so that a figure is right to 6%.
 */
final class Stalls {
  static final int POWER_BITS = 4;
  static final int BUCKETS_PER_POWER = 1 << POWER_BITS;
  static final int HEADER_BYTES = 64;
  static final int FILE_BYTES = 8192;
  private static final int BUCKETS = (Long.SIZE - POWER_BITS) * BUCKETS_PER_POWER;
  private static final double NANOS_PER_MILLI = 1e6;

  private final long ticksPerMilli;
  /** Milliseconds in each bucket. */
  private final long[] counts;

  private Stalls(long ticksPerMilli, long[] counts) {
    this.ticksPerMilli = ticksPerMilli;
    this.counts = counts;
  }

  /** {@return what was counted between two writings of the file, of which the bytes hold one behind the other} */
  static Stalls between(byte[] twoFiles) {
    if (twoFiles.length != 2 * FILE_BYTES) {
      throw new IllegalArgumentException(twoFiles.length + " bytes are not two files of " + FILE_BYTES);
    }
    ByteBuffer files = ByteBuffer.wrap(twoFiles).order(ByteOrder.LITTLE_ENDIAN);
    long[] counts = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      int at = HEADER_BYTES + i * Long.BYTES;
      counts[i] = files.getLong(FILE_BYTES + at) - files.getLong(at);
    }
    return new Stalls(files.getLong(FILE_BYTES), counts);
  }

  /** {@return for how many milliseconds there is a figure} */
  long millis() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /**
   * The stall that so many of the milliseconds do not exceed.
   *
   * @param percent 0 to 100
   * @return nanoseconds; with fewer milliseconds than such a share needs, the longest of all; 0 where there are none
   */
  long percentileNanos(double percent) {
    long wanted = (long) Math.ceil(millis() * percent / 100);
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return Math.round(upperTicks(i) * NANOS_PER_MILLI / ticksPerMilli);
      }
    }
    return 0;
  }

  /** {@return the largest that a bucket counts} */
  private static double upperTicks(int bucket) {
    return Math.scalb((double) (BUCKETS_PER_POWER + bucket % BUCKETS_PER_POWER + 1), bucket / BUCKETS_PER_POWER) - 1;
  }
}
