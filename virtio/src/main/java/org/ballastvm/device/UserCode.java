package org.ballastvm.device;

import java.util.Optional;

/** What a user wrote, which may go wrong. What is wrong with the JVM itself, such as memory that has run out, is the machine's. */
final class UserCode {
  private UserCode() {}

  /**
   * Runs it.
   *
   * @return what it threw, by a bug, an assertion, a class that is missing, or calls without end
   */
  static Optional<Throwable> run(Runnable task) {
    try {
      task.run();
      return Optional.empty();
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      return Optional.of(e);
    }
  }

  /** {@return where it was thrown, for a message} */
  static String place(Throwable thrown) {
    return thrown.getStackTrace().length == 0 ? "an unknown place" : thrown.getStackTrace()[0].toString();
  }
}
