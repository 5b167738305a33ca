package org.ballastvm.virtio;

/** How a device gives guest memory back to the host, and says that it is wanted again. */
public interface MemoryReclaim {
  /**
   * Gives a range back: it reads as zeros from now on, and the host has its memory. Where the host's pages are larger
   * than the range, there is nothing to give back.
   *
   * @param gpa guest physical address, a multiple of 4 KiB, in memory
   * @param lengthBytes a multiple of 4 KiB, above zero, wholly in memory
   * @throws ReclaimFailed if the host refuses
   */
  void discard(long gpa, long lengthBytes);

  /**
   * Gives a range back that the guest does not touch before it is {@link #makePresent}. Where the host's pages are larger,
   * one is given back when all of its parts have been.
   *
   * @param gpa guest physical address, a multiple of 4 KiB, in memory
   * @param lengthBytes a multiple of 4 KiB, above zero, wholly in memory
   * @return whether the host was called, which takes long
   * @throws ReclaimFailed if the host refuses
   */
  default boolean hold(long gpa, long lengthBytes) {
    discard(gpa, lengthBytes);
    return true;
  }

  /**
   * Whether parts of a larger page that are {@link #hold held} one by one are only counted: then nothing is gained by holding
   * many at once.
   *
   * @param gpa guest physical address, in memory
   * @return true where the host's pages are larger
   */
  default boolean countsParts(long gpa) { return false; }

  /** Says that the guest may touch all that it was to leave alone: its driver is gone. */
  default void release() {
    // Where the host's pages are no larger than the balloon's, nothing is remembered.
  }

  /**
   * Says that the guest will use a range again. The host brings pages back by itself at the first touch, so all there is
   * to do may be to forget that it was held.
   *
   * @param gpa guest physical address, a multiple of 4 KiB, in memory
   * @param lengthBytes a multiple of 4 KiB, above zero, wholly in memory
   */
  void makePresent(long gpa, long lengthBytes);

  /** The host refused to take memory back; the message says what it said. */
  final class ReclaimFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates it.
     *
     * @param sentence the operation, the range and the host's reason
     * @param cause the host's error
     */
    public ReclaimFailed(String sentence, Throwable cause) { super(sentence, cause); }
  }
}
