package org.ballastvm.testkit.bench;

import java.util.Arrays;
import org.ballastvm.testkit.numbers.Median;

/** Times of the same thing, measured several times. */
final class Samples {
  private long[] nanos = new long[0];

  void add(long sample) {
    nanos = Arrays.copyOf(nanos, nanos.length + 1);
    nanos[nanos.length - 1] = sample;
    Arrays.sort(nanos);
  }

  /** {@return the shortest, which the machine's other work disturbed least, in nanoseconds} */
  long best() {
    return nanos[0];
  }

  /** {@return the middle, in nanoseconds} */
  long median() {
    return Math.round(Median.of(Arrays.stream(nanos).asDoubleStream()).orElseThrow());
  }

  /** {@return the middle one of the better half, in nanoseconds} */
  long lowerQuartile() {
    return nanos[nanos.length / 4];
  }

  /** {@return the middle one of the worse half, in nanoseconds} */
  long upperQuartile() {
    return nanos[nanos.length * 3 / 4];
  }
}
