package org.ballastvm.testkit.numbers;

import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** The middle of what was measured. */
public final class Median {
  private Median() {}

  /**
   * The middle value, or what lies halfway between the two in the middle.
   *
   * @param values in any order
   * @return nothing if there is no value
   */
  public static OptionalDouble of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? OptionalDouble.of(sorted[middle])
        : DoubleStream.of(sorted).skip(Math.max(0, middle - 1)).limit(2).average();
  }
}
