package org.ballastvm.testkit.agent;

/** How a program in a guest ended. */
public sealed interface GuestEnd {
  /** {@return its exit status, as a shell says it: 128 and the number of a signal that killed it} */
  int status();

  /**
   * It ended by itself.
   *
   * @param status 0 to 255
   */
  record Exited(int status) implements GuestEnd {}

  /**
   * A signal killed it.
   *
   * @param signal its number
   */
  record Killed(int signal) implements GuestEnd {
    @Override
    public int status() { return 128 + signal; }
  }
}
