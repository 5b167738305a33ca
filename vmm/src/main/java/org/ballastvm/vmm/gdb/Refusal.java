package org.ballastvm.vmm.gdb;

/** A packet that is answered by an error. The protocol has numbers for that, and clients show them as the host's errors. */
final class Refusal extends RuntimeException {
  /** EINVAL: what was asked for makes no sense. */
  static final int INVALID = 22;
  /** EFAULT: there is no memory. */
  static final int NO_MEMORY = 14;
  /** ENOSPC: no debug register is left. */
  static final int NO_ROOM = 28;
  /** EBUSY: not in this state of the machine. */
  static final int BUSY = 16;
  private static final long serialVersionUID = 1L;

  private final int number;

  Refusal(int number) { this(number, null); }

  Refusal(int number, Throwable cause) {
    super("E" + number, cause, false, false);
    this.number = number;
  }

  String packet() { return "E%02x".formatted(number); }
}
