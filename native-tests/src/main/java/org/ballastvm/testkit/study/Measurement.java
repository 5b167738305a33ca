package org.ballastvm.testkit.study;

import java.util.OptionalDouble;

/**
 * What one guest's growing and shrinking took.
 *
 * @param growNanos         from the monitor's command until the guest has the memory
 * @param shrinkNanos       from the monitor's command until the guest has let go of it
 * @param resizeBytes       what came and went
 * @param returnedBytes     what the host has less of it resident behind than before it shrank
 * @param restStallNanos    99th percentile of stalls before anything was asked
 * @param growStallNanos    the same while it grew
 * @param shrinkStallNanos  the same while it shrank
 * @param growCalls         calls by which the host gave memory
 * @param shrinkCalls       calls by which the host took memory
 * @param residentBytes     what is resident on the host behind the small guest
 * @param hugeBytes         what of that is in huge pages; nothing where the host makes none
 */
record Measurement(long growNanos, long shrinkNanos, long resizeBytes, long returnedBytes, long restStallNanos,
    long growStallNanos, long shrinkStallNanos, long growCalls, long shrinkCalls, long residentBytes,
    OptionalDouble hugeBytes) {
  private static final double PERCENT = 100;

  /** {@return how much of what the guest let go of came back to the host, in percent} */
  double returnedPercent() {
    return PERCENT * returnedBytes / resizeBytes;
  }

  /** {@return how much of what the guest keeps is in huge pages of the host, in percent} */
  OptionalDouble hugePercent() {
    return hugeBytes.isEmpty() || residentBytes == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(PERCENT * hugeBytes.getAsDouble() / residentBytes);
  }
}
