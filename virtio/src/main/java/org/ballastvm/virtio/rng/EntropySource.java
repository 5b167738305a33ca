package org.ballastvm.virtio.rng;

import java.lang.foreign.MemorySegment;

/** Where a {@link RngDevice} has its bytes from. */
@FunctionalInterface
public interface EntropySource {
  /**
   * Fills native memory with random bytes.
   *
   * @param into native memory
   * @throws EntropyFailed if there are none
   */
  void fill(MemorySegment into);

  /** The host has no random bytes; the message says what it said. */
  final class EntropyFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates it.
     *
     * @param sentence the operation and the host's reason
     * @param cause the host's error
     */
    public EntropyFailed(String sentence, Throwable cause) { super(sentence, cause); }
  }
}
