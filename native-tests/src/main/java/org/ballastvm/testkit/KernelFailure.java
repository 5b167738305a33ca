package org.ballastvm.testkit;

import org.ballastvm.testkit.verdict.Verdict;

/** The kernel under test went wrong, and no test has said that it may ({@link Expect}). */
public final class KernelFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final transient Verdict verdict;

  KernelFailure(Verdict verdict) {
    super(verdict.kind() + ": " + verdict.report());
    this.verdict = verdict;
  }

  /** {@return how it went wrong} */
  public Verdict verdict() { return verdict; }
}
