package org.ballastvm.vmm.dump;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is to be dumped, and where to.
 *
 * @param file a regular file, or one that does not exist
 * @param part of the guest's addresses; all of its memory where there is none
 * @param detach the caller does not wait
 */
public record DumpWish(Path file, Optional<Part> part, boolean detach) {
  /**
   * A part of the guest's physical addresses.
   *
   * @param base the first
   * @param sizeBytes how many, above zero
   */
  public record Part(long base, long sizeBytes) {}
}
