package org.ballastvm.virtio.queue;

/** Something the guest did wrong: the message is a sentence that names the structure, the value and the rule. */
public final class GuestError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an error.
   *
   * @param sentence what the guest did, and the rule it broke
   */
  public GuestError(String sentence) { super(sentence); }
}
