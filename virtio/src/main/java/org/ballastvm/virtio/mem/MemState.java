package org.ballastvm.virtio.mem;

import java.util.List;
import org.ballastvm.virtio.VirtioDevice;

/**
 * What host and driver have made of a memory device. How the driver got there is no part of it.
 *
 * @param requestedBytes how much the guest should have plugged
 * @param usableBytes the part that the driver may choose from, from the region's start
 * @param pluggedWords a bit for each block that is plugged, from the region's start, 64 to a word
 */
public record MemState(long requestedBytes, long usableBytes, List<Long> pluggedWords) implements VirtioDevice.State {
  /** Keeps a copy. */
  public MemState {
    pluggedWords = List.copyOf(pluggedWords);
  }

  /**
   * Nothing is plugged.
   *
   * @param config what the user asked
   * @param requestedBytes what the host asks for: a reset of the machine does not change that
   * @return the state after power-on
   */
  public static MemState powerOn(MemConfig config, long requestedBytes) {
    return new MemState(requestedBytes, config.usableBytesFor(requestedBytes),
        new PlugBitmap(config.blockCount()).words());
  }
}
