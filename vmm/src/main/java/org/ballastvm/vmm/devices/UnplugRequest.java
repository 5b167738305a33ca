package org.ballastvm.vmm.devices;

import java.util.OptionalLong;
import org.ballastvm.vmm.config.UserError;

/** Whether a guest was asked to let a device go, and when. It need not answer. Read by any thread. */
final class UnplugRequest {
  /** After how long a guest that lost or refused a request can be asked again: what QEMU waits for the guests of PCI Express slots. */
  private static final long ASK_AGAIN_NANOS = 5_000_000_000L;

  private volatile OptionalLong askedNanos = OptionalLong.empty();

  /**
   * Rejects a second request too soon after the first.
   *
   * @param device its id, for the error
   * @param nowNanos System.nanoTime
   */
  void rejectIfRecent(String device, long nowNanos) {
    OptionalLong asked = askedNanos;
    if (asked.isPresent() && nowNanos - asked.getAsLong() < ASK_AGAIN_NANOS) {
      throw new UserError("Device " + device + " is already in the process of unplug");
    }
  }

  /** The request goes to the guest now. */
  void sent(long nowNanos) { askedNanos = OptionalLong.of(nowNanos); }

  /** The guest has answered, and keeps the device. */
  void answered() { askedNanos = OptionalLong.empty(); }

  /** {@return whether the guest was asked, and has not answered} */
  boolean isPending() {
    return askedNanos.isPresent();
  }
}
