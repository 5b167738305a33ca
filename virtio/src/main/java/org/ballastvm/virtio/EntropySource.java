package org.ballastvm.virtio;

import java.lang.foreign.MemorySegment;

/** Where a {@link RngDevice} has its bytes from. */
@FunctionalInterface
public interface EntropySource {
  /**
   * Fills native memory with random bytes.
   *
   * @param into native memory
   */
  void fill(MemorySegment into);
}
