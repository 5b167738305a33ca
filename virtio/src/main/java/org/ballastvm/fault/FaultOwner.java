package org.ballastvm.fault;

import java.util.Optional;

/** To which devices a fault can happen. */
public enum FaultOwner {
  /** Every function on PCI. */
  PCI,
  /** Every virtio device whose queues are served in this process. */
  VIRTIO,
  /** virtio-mem. */
  MEM,
  /** virtio-balloon. */
  BALLOON,
  /** A DIMM. */
  DIMM;

  /**
   * What happens to virtio devices of one type alone.
   *
   * @param type virtio 1.3, 5
   * @return the owner, if there are such faults
   */
  public static Optional<FaultOwner> ofVirtioType(int type) {
    return switch (type) {
      case 5 -> Optional.of(BALLOON);
      case 24 -> Optional.of(MEM);
      default -> Optional.empty();
    };
  }
}
