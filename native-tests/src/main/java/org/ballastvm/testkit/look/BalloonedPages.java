package org.ballastvm.testkit.look;

import java.util.List;

/**
 * What is in a guest's balloon.
 *
 * @param heldBytes in it, and given back to the host
 * @param residentBytes of that the host holds in memory all the same: somebody has touched it
 * @param resident where, as the monitor has it: {@code FIRST-END}, physical and hexadecimal
 */
public record BalloonedPages(long heldBytes, long residentBytes, List<String> resident) {
  /** Copies the list. */
  public BalloonedPages {
    resident = List.copyOf(resident);
  }
}
