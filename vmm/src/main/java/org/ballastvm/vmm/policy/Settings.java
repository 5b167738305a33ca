package org.ballastvm.vmm.policy;

import org.ballastvm.vmm.config.AutoBalloonConfig.Marks;

/**
 * What a policy goes by.
 *
 * @param marks how much memory the guest should have available
 * @param rateBytes how much is taken in a second at most, while the host is not short of memory
 * @param intervalSeconds how often the guest is asked; 0 for never
 */
record Settings(Marks marks, long rateBytes, long intervalSeconds) {
  private static final int HURRY = 4;
  private static final long SECOND = 1_000_000_000L;

  /** How much may be taken in a second. */
  double rateBytes(HostPressure host) {
    return (double) rateBytes * (host.isHigh() ? HURRY : 1);
  }

  /** How much is left to the guest: a host that is short of memory leaves less, and still no so little that it is given back. */
  long aimBytes(HostPressure host) {
    return host.isHigh() ? marks.middleBytes() : marks.highBytes();
  }

  /** How much more than that the guest must have before it is worth to begin. */
  long slackBytes() {
    return (marks.highBytes() - marks.lowBytes()) / 4;
  }

  /** How long a guest may be silent. */
  long patienceNanos() {
    return Math.max(5, 3 * Math.min(intervalSeconds, 0xffff_ffffL)) * SECOND;
  }

  /** What may be taken at once: what the guest's next answer allows, had nothing been taken for long. */
  double mostAtOnce(HostPressure host) {
    return rateBytes(host) * (Math.min(intervalSeconds, 60) + 1);
  }
}
