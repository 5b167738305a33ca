package org.ballastvm.testkit.chart;

/**
 * Who had how much memory at one moment.
 *
 * @param seconds since the run began
 * @param totalMib the guest's {@code MemTotal}; below zero if it is not known, as with all that follow
 * @param actualMib what the guest has by its balloon's report
 * @param availableMib the guest's {@code MemAvailable}
 * @param residentMib what the host holds for the process
 */
public record MemorySample(double seconds, long totalMib, long actualMib, long availableMib, long residentMib) {
  /** What is not known. */
  public static final long UNKNOWN = -1;
}
