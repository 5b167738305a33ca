package org.ballastvm.vmm.look;

/** Guest memory that is not there, or does not hold what a kernel has there; a sentence says what. */
final class Unreadable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unreadable(String sentence) { super(sentence); }
}
