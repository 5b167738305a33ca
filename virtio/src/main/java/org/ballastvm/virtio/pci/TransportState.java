package org.ballastvm.virtio.pci;

import java.util.List;
import java.util.Optional;
import org.ballastvm.pci.PciFunction;
import org.ballastvm.virtio.VirtioDevice;
import org.ballastvm.virtio.queue.Virtqueue;

/**
 * What is behind the BARs of a virtio function: the transport's registers and queues, and the device.
 *
 * @param interruptStatus the interrupt status byte; virtio 1.3, 4.1.4.5
 * @param common what the driver has written to the common configuration, and how far the queues are
 * @param device the device's own
 */
public record TransportState(int interruptStatus, Common common,
    VirtioDevice.State device) implements PciFunction.Registers {

  /**
   * The common configuration. Virtio 1.3, 4.1.4.3.
   *
   * @param deviceFeatureSelect which word of the offered features the driver reads
   * @param driverFeatureSelect which word of its own features it writes
   * @param driverFeatures the features that it wrote
   * @param unknownFeatures whether it wrote any that no word holds
   * @param configVector which message says that the configuration has changed
   * @param status the device status byte
   * @param generation counts changes of the configuration
   * @param queueSelect which queue's registers it sees
   * @param queues all queues, by number
   */
  public record Common(int deviceFeatureSelect, int driverFeatureSelect, long driverFeatures, boolean unknownFeatures,
      int configVector, int status, int generation, int queueSelect, List<Queue> queues) {
    /** Keeps a copy. */
    public Common {
      queues = List.copyOf(queues);
    }
  }

  /**
   * A queue.
   *
   * @param size its entries
   * @param vector which message says that it has used buffers
   * @param descriptors guest physical address of the descriptor table
   * @param driver guest physical address of the available ring
   * @param device guest physical address of the used ring
   * @param ring how far the device is with it; empty before the driver has enabled it
   */
  public record Queue(int size, int vector, long descriptors, long driver, long device,
      Optional<Virtqueue.State> ring) {}
}
