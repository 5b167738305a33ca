package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import org.ballastvm.kvm.generated.Host;

/** An open descriptor that somebody gave this process: what it is, nobody has checked. Closing it twice is harmless. */
public final class PassedDescriptor implements AutoCloseable {
  private static final int FIRST_OF_OTHERS = 3;

  private final Descriptor descriptor;

  PassedDescriptor(int fd, String what) { this.descriptor = new Descriptor(fd, what); }

  /**
   * A copy of a descriptor that this process was started with.
   *
   * @param number its number, above those of standard input, output and error
   * @return the copy
   * @throws HostError EBADF if there is none, or it is this process's own
   */
  public static PassedDescriptor inherited(int number) {
    String what = "file descriptor " + number;
    long flags = number < FIRST_OF_OTHERS ? -Host.EBADF() : CALLS.syscall(Host.SYS_fcntl(), number, Host.F_GETFD());
    // One that no child would be given was opened here, and not by who started this process.
    boolean isOwn = flags >= 0 && (flags & Host.FD_CLOEXEC()) != 0;
    HostError.check(isOwn ? -Host.EBADF() : flags, what);
    return new PassedDescriptor((int) HostError.check(copyOf(number), "copy " + what), what);
  }

  static long copyOf(int number) {
    return CALLS.syscall(Host.SYS_fcntl(), number, Host.F_DUPFD_CLOEXEC(), FIRST_OF_OTHERS);
  }

  /** {@return its number in this process, by which users are told of it} */
  public int number() {
    return descriptor.fd();
  }

  /**
   * Gives the number away, to who closes it.
   *
   * @return its number; this is closed from here on
   */
  public int release() {
    int number = descriptor.fd();
    descriptor.release();
    return number;
  }

  @Override
  public void close() { descriptor.close(); }
}
