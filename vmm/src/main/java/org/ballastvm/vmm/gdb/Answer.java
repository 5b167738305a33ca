package org.ballastvm.vmm.gdb;

import java.util.List;
import java.util.Set;

/** What follows a packet. */
sealed interface Answer {
  /** The empty packet says that one is not supported. */
  Answer UNSUPPORTED = new Reply("");
  /** Done. */
  Answer OK = new Reply("OK");

  /**
   * A packet goes back.
   *
   * @param text its bytes, a character each
   */
  record Reply(String text) implements Answer {}

  /**
   * Several packets go back.
   *
   * @param texts of each
   */
  record Replies(List<String> texts) implements Answer {}

  /**
   * The guest runs, and a packet goes back when it stops.
   *
   * @param steps which vCPUs carry out one instruction
   * @param moves which move at all; the others stay where they are
   */
  record Resume(Set<Integer> steps, Set<Integer> moves) implements Answer {}

  /** A packet goes back, and then none is acknowledged any more. */
  record NoMoreAcks() implements Answer {}

  /** The guest is let go. */
  record Detach() implements Answer {}

  /** The machine ends. */
  record Kill() implements Answer {}
}
