package org.ballastvm.kvm;

/** Something the host refused: the operation and the errno, for example {@code KVM_CREATE_VM: ENOMEM (...)}. */
public final class HostError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final transient Errno errno;

  /**
   * Creates an error.
   *
   * @param operation what was asked, by its name in the kernel and the thing it was asked of
   * @param errno the kernel's answer
   */
  public HostError(String operation, Errno errno) {
    super(operation + ": " + errno.name() + " (" + errno.text() + ")");
    this.operation = operation;
    this.errno = errno;
  }

  /** {@return what was asked} */
  public String operation() { return operation; }

  /** {@return the kernel's answer} */
  public Errno errno() { return errno; }

  /** Passes a result on, or throws when it is a negated errno. */
  static long check(long result, String operation) {
    if (result < 0 && result >= -4095) {
      throw new HostError(operation, Errno.of((int) -result));
    }
    return result;
  }
}
