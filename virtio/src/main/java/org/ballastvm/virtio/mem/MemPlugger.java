package org.ballastvm.virtio.mem;

/** How a memory device gives blocks to the guest and takes them away. Called on the event loop. */
public interface MemPlugger {
  /**
   * Lets the guest reach a range, which reads as zeros.
   *
   * @param gpa guest physical address, in the device's region, a multiple of its block size
   * @param lengthBytes a multiple of the block size, above zero; nothing of the range is plugged
   * @throws PlugRefused if the host refuses; the range is then as it was
   */
  void plug(long gpa, long lengthBytes);

  /**
   * Takes a range out of the guest's reach and gives its memory back to the host: soon, where that takes long.
   *
   * @param gpa guest physical address, in the device's region, a multiple of its block size
   * @param lengthBytes a multiple of the block size, above zero; parts of the range may not be plugged
   * @throws PlugRefused if the host refuses; the range is then in reach as it was
   */
  void unplug(long gpa, long lengthBytes);

  /**
   * Whether memory that was unplugged is still on its way to the host. Until it is there nothing is plugged, or a guest that
   * plugs and unplugs had more than it was given.
   *
   * @return true if it is
   */
  default boolean isGivingBack() { return false; }

  /** The host refused; the message says what it said. */
  final class PlugRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates it.
     *
     * @param sentence the operation, the range and the host's reason
     * @param cause the host's error
     */
    public PlugRefused(String sentence, Throwable cause) { super(sentence, cause); }
  }
}
