package org.ballastvm.virtio;

/**
 * Gives memory back that nobody has written to for a while. The guest says that pages are free, but may use them again
 * before the host looks: what it wrote since then must stay, and only the host can tell.
 *
 * <p>
 * Called under the lock of a device, which vCPUs wait for when they write to its registers: to keep them out of the guest,
 * do not wait for one that is out of it.
 */
public interface UnwrittenMemory {
  /** Notes each write to guest memory from now on, by vCPUs and by devices, and forgets those noted before. */
  void watch();

  /**
   * Gives back what was not written to since {@link #watch()}, and ends the watch. Nobody writes to guest memory between
   * the last look at what was noted and the end of this call.
   *
   * @param ranges what may be given back
   * @return how many bytes were
   * @throws MemoryReclaim.ReclaimFailed if the host refuses; the watch has ended, and what was not given back is whole
   */
  long giveBackUnwritten(Ranges ranges);

  /** Ends the watch, and gives nothing back. Ends no watch twice. */
  void endWatch();

  /** Ranges of guest memory, which do not overlap. */
  @FunctionalInterface
  interface Ranges {
    /**
     * Passes each on, lowest first.
     *
     * @param visitor takes them
     */
    void forEach(Visitor visitor);
  }

  /** Takes ranges of guest memory. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Takes a range.
     *
     * @param gpa guest physical address, a multiple of 4 KiB, in memory
     * @param lengthBytes a multiple of 4 KiB, above zero, wholly in memory
     */
    void range(long gpa, long lengthBytes);
  }
}
