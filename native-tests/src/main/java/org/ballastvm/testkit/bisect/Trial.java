package org.ballastvm.testkit.bisect;

/** What became of a command in a guest. */
sealed interface Trial {
  /** It ended. */
  record Ended(int status) implements Trial {}

  /** The guest did not come up. */
  record NotUp(String sentence) implements Trial {}

  /** The guest was lost while the command ran: it panicked, reset, hung, or its machine ended. */
  record GuestLost(String sentence) implements Trial {}
}
