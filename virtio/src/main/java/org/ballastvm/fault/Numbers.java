package org.ballastvm.fault;

/** Numbers as users write them. */
final class Numbers {
  private Numbers() {}

  /** A number in a range; IllegalArgumentException with a sentence if it is none. */
  static long parse(String key, String text, long least, long most) {
    try {
      long number = Long.decode(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(key + "=" + text + ": must be a number from " + least + " to " + most);
  }
}
