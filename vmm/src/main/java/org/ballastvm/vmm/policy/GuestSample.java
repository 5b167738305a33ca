package org.ballastvm.vmm.policy;

import org.ballastvm.virtio.balloon.BalloonStat;
import org.ballastvm.virtio.balloon.BalloonStats;

/**
 * How a guest and its balloon are at one moment.
 *
 * @param nowNanos the time, of a clock that should not go backwards
 * @param running whether its processors run
 * @param driver whether a driver is at work
 * @param sizeBytes the guest's memory as a balloon counts it: base memory and DIMMs
 * @param pluggedBytes memory that it has besides
 * @param targetBytes how large the balloon should be
 * @param actualBytes how large the driver says that it is
 * @param takenBackBytes what the driver took out of the balloon by itself since the last sample, though it should be larger
 * @param reported what the guest last reported of its memory
 */
record GuestSample(long nowNanos, boolean running, boolean driver, long sizeBytes, long pluggedBytes, long targetBytes,
    long actualBytes, long takenBackBytes, BalloonStats reported) {

  /** A number that the guest reported; {@link BalloonStat#UNSET} if it did not. */
  long stat(BalloonStat stat) {
    return reported.values().getOrDefault(stat, BalloonStat.UNSET);
  }

  long availableBytes() { return stat(BalloonStat.AVAILABLE_MEMORY); }

  /** Whether the numbers can be those of this guest: what is available is part of what there is. */
  boolean isPlausible() {
    long available = availableBytes();
    long total = stat(BalloonStat.TOTAL_MEMORY);
    return available >= 0 && available <= sizeBytes + pluggedBytes
        && (total == BalloonStat.UNSET || Long.compareUnsigned(available, total) <= 0);
  }
}
