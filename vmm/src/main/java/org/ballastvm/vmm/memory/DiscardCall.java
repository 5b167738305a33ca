package org.ballastvm.vmm.memory;

import java.util.Optional;
import org.ballastvm.kvm.Advice;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostMapping;

/** What the host is asked, for a kind of memory, to take a range back. */
enum DiscardCall {
  /** Private anonymous memory: MADV_DONTNEED. */
  FORGET("MADV_DONTNEED"),
  /** Shared anonymous memory: MADV_REMOVE; MADV_DONTNEED would drop our mapping and leave the memory used. */
  REMOVE("MADV_REMOVE"),
  /** A shared file: punch a hole; that drops all mappings of it too. */
  PUNCH("PUNCH_HOLE"),
  /** A private mapping of a file: punch a hole, then drop the private copies. */
  PUNCH_AND_FORGET("PUNCH_HOLE+MADV_DONTNEED");

  private final String label;

  DiscardCall(String label) { this.label = label; }

  /** What traces say. */
  String label() { return label; }

  /** Whether it can be made while the range is hidden: MADV_REMOVE wants to be allowed to write, before Linux 6.7. */
  boolean worksHidden() {
    return this != REMOVE;
  }

  /**
   * Makes the call. Allocates nothing.
   *
   * @param file what is mapped; empty for memory without a file
   * @param startBytes a multiple of the page size
   * @param lengthBytes a multiple of the page size, above zero
   * @throws org.ballastvm.kvm.HostError if the host refuses
   */
  void make(HostMapping mapping, Optional<HostFile> file, long startBytes, long lengthBytes) {
    switch (this) {
      case FORGET -> mapping.advise(startBytes, lengthBytes, Advice.DONTNEED);
      case REMOVE -> mapping.advise(startBytes, lengthBytes, Advice.REMOVE);
      case PUNCH -> file.orElseThrow().punchHole(startBytes, lengthBytes);
      case PUNCH_AND_FORGET -> {
        file.orElseThrow().punchHole(startBytes, lengthBytes);
        mapping.advise(startBytes, lengthBytes, Advice.DONTNEED);
      }
    }
  }
}
