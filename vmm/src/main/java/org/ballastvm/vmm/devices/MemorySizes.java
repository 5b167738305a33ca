package org.ballastvm.vmm.devices;

import org.ballastvm.virtio.balloon.BalloonDevice;

/** How much memory a guest has, by its devices. Any thread. */
public final class MemorySizes {
  private final DeviceBuses buses;

  MemorySizes(DeviceBuses buses) { this.buses = buses; }

  /** {@return what the guest could have, in bytes: base memory and DIMMs, as a balloon counts it} */
  public long baseAndDimmBytes() {
    return buses.site().memory().config().sizeBytes() + buses.dimms().sizeBytes();
  }

  /** {@return what virtio-mem devices have plugged, in bytes} */
  public long blockBytes() {
    long sum = 0;
    for (VirtioMemory memory : buses.pci().cards(VirtioMemory.class)) {
      sum += memory.device().pluggedBytes();
    }
    return sum;
  }

  /** {@return what the guest has, in bytes: base memory and DIMMs, less what it says is in the balloon} */
  public long balloonedBytes() {
    // What the balloon holds is the guest's word: it may say more than it has.
    return Math.max(0, baseAndDimmBytes() - balloonBytes());
  }

  /** {@return what the guest says is in the balloon, in bytes; 0 without a balloon} */
  public long balloonBytes() {
    return buses.pci().card(BalloonCard.class).map(BalloonCard::balloon).map(BalloonDevice::actualBytes)
        .orElse(0L);
  }
}
