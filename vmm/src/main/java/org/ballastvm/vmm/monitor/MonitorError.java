package org.ballastvm.vmm.monitor;

/** What a command answers when it cannot be done. */
final class MonitorError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean misused;

  private MonitorError(String sentence, boolean misused) {
    super(sentence);
    this.misused = misused;
  }

  /** The command was understood, and cannot be done now. */
  MonitorError(String sentence) {
    this("Error: " + sentence, false);
  }

  /** No command can be made of what was typed. */
  static MonitorError unknown(String typed) {
    return new MonitorError("unknown command: '" + typed + "'", false);
  }

  /** The command was called in a way that its help corrects. */
  static MonitorError misuse(String sentence) {
    return new MonitorError(sentence, true);
  }

  /** The same, and how to ask for the help of the command that it is about. */
  MonitorError withHint(String command) {
    return new MonitorError(getMessage() + "\nTry \"help " + command + "\" for more information", false);
  }

  /** {@return whether the command's help would help} */
  boolean isMisuse() { return misused; }
}
