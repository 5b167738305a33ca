package org.ballastvm.vmm.state;

/** Counts what a guest can have logged for ever, and lets the 1st, 2nd, 4th, 8th... through. By one thread. */
public final class Repeats {
  private long count;

  /** Nothing has happened yet. */
  public Repeats() {}

  /**
   * Counts one more.
   *
   * @return whether it is to be logged
   */
  public boolean isLogged() { return Long.bitCount(++count) == 1; }

  /** {@return for the end of its sentence: empty, or which of its kind it is} */
  public String words() {
    return count <= 1 ? "" : " (number " + count + " of its kind; not all are logged)";
  }
}
