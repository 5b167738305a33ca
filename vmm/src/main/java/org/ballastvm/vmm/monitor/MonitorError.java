package org.ballastvm.vmm.monitor;

/** What a command answers when it cannot be done: one sentence. */
final class MonitorError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MonitorError(String sentence) { super(sentence); }
}
