package org.ballastvm.vmm.vhostuser;

/**
 * A back-end that is gone, does not answer, or answers what makes no sense: one sentence that names the message. Nothing more
 * can be said to it over this connection.
 */
public final class BackendError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BackendError(String sentence) { super(sentence); }
}
