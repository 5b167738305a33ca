package org.ballastvm.testkit.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** From what a guest counted to how long its thread was kept from running. */
class StallsTest {
  private static final long TICKS_PER_MILLI = 1_000_000; // so that a tick is a nanosecond

  /** The two writings of a file whose buckets grew by these, from an arbitrary beginning. */
  private static byte[] files(long... bucketAndGrowth) {
    ByteBuffer files = ByteBuffer.allocate(2 * Stalls.FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    files.putLong(0, TICKS_PER_MILLI).putLong(Stalls.FILE_BYTES, TICKS_PER_MILLI);
    for (int i = 0; i < bucketAndGrowth.length; i += 2) {
      int at = Stalls.HEADER_BYTES + (int) bucketAndGrowth[i] * Long.BYTES;
      files.putLong(at, 7).putLong(Stalls.FILE_BYTES + at, 7 + bucketAndGrowth[i + 1]);
    }
    return files.array();
  }

  /** The bucket that the guest counts so many ticks in. */
  private static long bucket(long ticks) {
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(ticks) - Stalls.POWER_BITS;
    return (long) power * Stalls.BUCKETS_PER_POWER + (ticks >> power) - Stalls.BUCKETS_PER_POWER;
  }

  private static void assertAbout(double expected, double actual) { assertEquals(expected, actual, expected * 0.0625); }

  @Test
  void ninetyNineOfAHundredMillisecondsHaveNoLongerStall() {
    Stalls stalls = Stalls.between(files(bucket(5_000), 990, bucket(40_000), 9, bucket(3_000_000), 1));
    assertEquals(1000, stalls.millis());
    assertAbout(5_000, (double) stalls.percentileNanos(99));
    assertAbout(40_000, (double) stalls.percentileNanos(99.9));
    assertAbout(3_000_000, (double) stalls.percentileNanos(100));
  }

  @Test
  void ofFewMillisecondsTheLongestCounts() {
    assertAbout(70_000, (double) Stalls.between(files(bucket(100), 30, bucket(70_000), 1)).percentileNanos(99));
  }

  @Test
  void nothingCountedIsNoStall() { assertEquals(0, Stalls.between(files()).percentileNanos(99)); }

  @Test
  void halfAFileIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Stalls.between(new byte[Stalls.FILE_BYTES]));
  }
}
