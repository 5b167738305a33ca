package org.ballastvm.testkit;

/** A rig or a guest that does not do what it should; the message is one sentence, with what it said last. */
public final class RigError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RigError(String sentence) { super(sentence); }

  RigError(String sentence, Throwable cause) { super(sentence, cause); }
}
