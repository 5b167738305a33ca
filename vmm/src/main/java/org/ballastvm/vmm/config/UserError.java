package org.ballastvm.vmm.config;

/**
 * Something the user got wrong: the message is one sentence that names the option, the value and what is allowed.
 * Nothing has been started, or the running machine is unchanged, when it is thrown.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a program that speaks the machine protocol can distinguish errors by. */
  public enum Kind {
    /** All others. */
    GENERIC("GenericError"),
    /** There is no such command, or not now. */
    COMMAND_NOT_FOUND("CommandNotFound"),
    /** There is no device of the kind that the command is for. */
    DEVICE_NOT_ACTIVE("DeviceNotActive"),
    /** There is no object of that id or path. */
    DEVICE_NOT_FOUND("DeviceNotFound");

    private final String qemuName;

    Kind(String qemuName) { this.qemuName = qemuName; }

    /** {@return its name on the wire} */
    public String qemuName() { return qemuName; }
  }

  private final Kind kind;

  /**
   * Creates an error.
   *
   * @param sentence names the option, the value and what is allowed
   */
  public UserError(String sentence) { this(Kind.GENERIC, sentence); }

  /**
   * Creates an error that programs distinguish from others.
   *
   * @param kind what it is
   * @param sentence names the thing, the value and what is allowed
   */
  public UserError(Kind kind, String sentence) {
    super(sentence);
    this.kind = kind;
  }

  /**
   * Creates an error that another one explains.
   *
   * @param sentence names the option, the value and what is allowed
   * @param cause what was found underneath, kept for the log
   */
  public UserError(String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = Kind.GENERIC;
  }

  /** {@return what programs know it by} */
  public Kind kind() { return kind; }
}
