package org.ballastvm.testkit.look;

import java.util.List;

/**
 * What is in a guest's balloon.
 *
 * @param heldBytes in it, and given back to the host
 * @param residentBytes of that the host holds in memory all the same: near where somebody was, it may be
 * @param writtenBytes of that is not all zeros: somebody has written to it
 * @param written where, as the monitor has it: {@code FIRST-END}, physical and hexadecimal
 */
public record BalloonedPages(long heldBytes, long residentBytes, long writtenBytes, List<String> written) {
  /** Copies the list. */
  public BalloonedPages {
    written = List.copyOf(written);
  }
}
