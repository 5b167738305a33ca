package org.ballastvm.virtio;

import java.util.Optional;
import org.ballastvm.virtio.MemoryReclaim.ReclaimFailed;

/**
 * Gives memory back that nobody has written to for a while. The guest says that pages are free, but may use them again
 * before the host looks: what it wrote since then must stay, and only the host knows it.
 *
 * <p>
 * Called under the lock of a device, which vCPUs wait for when they write to its registers: to keep them out of the guest,
 * do not wait for one that is out of it.
 */
public interface UnwrittenMemory {
  /**
   * Notes each write to guest memory from now on, by vCPUs and by devices, and forgets those noted before.
   *
   * @throws ReclaimFailed if the host refuses; nothing is noted then
   */
  void watch();

  /**
   * Gives back what was not written to since {@link #watch()}, and ends the watch. That may take a while, and this call
   * does not wait for it: it is done in pieces, between which the guest runs. Nobody writes to a piece between the last
   * look at what was noted and its being given back.
   *
   * @param ranges what may be given back; asked before this call returns
   * @param done is called when all is done or the host has refused, under no lock of this; not called if {@link #endWatch} was
   *        sooner
   */
  void discardUnwritten(Ranges ranges, Done done);

  /**
   * Ends the watch, and gives nothing back any more. Harmless if there is none.
   *
   * @return what was given back since {@link #watch()}
   */
  GivenBack endWatch();

  /** Ends the watch, and gives back what this holds of the host. Nothing is called after this. */
  default void close() {
    endWatch();
  }

  /**
   * What became of it.
   *
   * @param bytes how much the host has
   * @param pauses how often the guest was kept from running
   * @param longestPauseNanos for how long at most, from the first vCPU's leaving the guest on
   * @param totalPauseNanos for how long in all
   */
  record GivenBack(long bytes, long pauses, long longestPauseNanos, long totalPauseNanos) {
    /** Nothing, and the guest ran on. */
    public static final GivenBack NOTHING = new GivenBack(0, 0, 0, 0);
  }

  /** Called at the end. */
  @FunctionalInterface
  interface Done {
    /**
     * All was given back that could be, or the host has refused.
     *
     * @param given what was
     * @param refused what it said, if it refused; what was not given back is whole
     */
    void done(GivenBack given, Optional<ReclaimFailed> refused);
  }

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
     * @param gpa guest physical address, a multiple of 4 KiB; the guest's word that there is memory
     * @param lengthBytes a multiple of 4 KiB, above zero; may reach beyond memory
     */
    void range(long gpa, long lengthBytes);
  }
}
