package org.ballastvm.virtio.pci;

import java.util.List;
import java.util.Optional;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * How far a driver has come with a device, at one moment, for people who debug it.
 *
 * @param status the device status byte; virtio 1.3, 2.1
 * @param interruptStatus the interrupt status byte, not yet taken by the driver; virtio 1.3, 4.1.4.5
 * @param queueSelect which queue's registers the driver sees
 * @param offered features that the device offers
 * @param agreed features that the driver wrote
 * @param queues all queues, by number
 */
public record VirtioState(int status, int interruptStatus, int queueSelect, long offered, long agreed,
    List<Queue> queues) {
  /** {@return whether the driver has set DRIVER_OK} */
  public boolean started() {
    return (status & DeviceStatus.DRIVER_OK) != 0;
  }

  /** {@return whether the device waits for its driver to reset it: DEVICE_NEEDS_RESET} */
  public boolean broken() {
    return (status & DeviceStatus.NEEDS_RESET) != 0;
  }

  /** {@return whether the driver has given up on the device: FAILED} */
  public boolean failed() {
    return (status & DeviceStatus.FAILED) != 0;
  }

  /**
   * A queue.
   *
   * @param entries how many it has
   * @param mostEntries how many it could have
   * @param descriptors guest physical address of the descriptor table, 0 before the driver wrote one
   * @param avail guest physical address of the available ring
   * @param used guest physical address of the used ring
   * @param positions how far both sides are; empty while the driver has not enabled it, or the device cannot reach its ring
   */
  public record Queue(int entries, int mostEntries, long descriptors, long avail, long used,
      Optional<Virtqueue.Positions> positions) {}
}
