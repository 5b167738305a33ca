package org.ballastvm.vmm.vhost;

import java.util.List;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.vmm.memory.MemoryRegion;

/**
 * A queue for somebody else to serve.
 *
 * @param queue which queue of the device
 * @param size entries, a power of two up to 32768
 * @param descriptors where the descriptor table lies
 * @param driver where the available ring lies
 * @param device where the used ring lies
 * @param next the chain to be taken next, 0 to 65535
 * @param features driver and device agreed on, all that the driver chose
 * @param kick is raised when the driver has rung; by the kernel, or by us
 * @param call interrupts the driver when it is raised
 */
public record BackendRing(int queue, int size, Part descriptors, Part driver, Part device, int next, long features,
    EventFd kick, EventFd call) {

  /**
   * A part of it, all in one region.
   *
   * @param region in which
   * @param offsetBytes from the start of the region
   * @param lengthBytes its length
   */
  public record Part(MemoryRegion region, long offsetBytes, long lengthBytes) {
    /** {@return its guest physical address} */
    public long gpa() { return region.base() + offsetBytes; }

    /** {@return where it is in the region's mapping, and in its file} */
    public long offsetInMapping() {
      return region.offsetBytes() + offsetBytes;
    }
  }

  /** Whether all of it lies in one of some regions. */
  boolean isIn(List<MemoryRegion> regions) {
    return regions.contains(descriptors.region) && regions.contains(driver.region) && regions.contains(device.region);
  }
}
