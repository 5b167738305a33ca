package org.ballastvm.rig;

/** A rig or a guest that does not do what it should; the message is one sentence, with what it said last. */
public class RigError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates one from a sentence. */
  public RigError(String sentence) { super(sentence); }

  /** Creates one from a sentence and what was found underneath. */
  public RigError(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
