package org.ballastvm.vmm.config;

/**
 * Something the user got wrong: the message is one sentence that names the option, the value and what is allowed.
 * Nothing has been started, or the running machine is unchanged, when it is thrown.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param sentence names the option, the value and what is allowed
   */
  public UserError(String sentence) { super(sentence); }

  /**
   * Creates an error that another one explains.
   *
   * @param sentence names the option, the value and what is allowed
   * @param cause what was found underneath, kept for the log
   */
  public UserError(String sentence, Throwable cause) { super(sentence, cause); }
}
