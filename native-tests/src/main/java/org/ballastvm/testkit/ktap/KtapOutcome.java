package org.ballastvm.testkit.ktap;

/** How a test of the kernel ended. */
public sealed interface KtapOutcome {
  /** {@return whether it says that something is wrong} */
  default boolean isBad() { return false; }

  /** It passed. */
  record Passed() implements KtapOutcome {}

  /**
   * It failed.
   *
   * @param reason what stands behind its result: {@code TIMEOUT 45 seconds}, {@code exit=1}; empty if it gave none
   */
  record Failed(String reason) implements KtapOutcome {
    @Override
    public boolean isBad() { return true; }
  }

  /**
   * It did not run.
   *
   * @param reason why; empty if it gave none
   */
  record Skipped(String reason) implements KtapOutcome {}

  /**
   * It failed, as its authors expect of it for now (TODO, XFAIL).
   *
   * @param reason why; empty if it gave none
   */
  record KnownFailure(String reason) implements KtapOutcome {}

  /**
   * It was announced, or had begun, and gave no result: the kernel crashed, the program ended or the output was cut.
   *
   * @param reason what is missing
   */
  record Lost(String reason) implements KtapOutcome {
    @Override
    public boolean isBad() { return true; }
  }
}
