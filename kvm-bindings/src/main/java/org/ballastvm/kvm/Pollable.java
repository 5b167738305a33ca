package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import org.ballastvm.kvm.generated.Host;

/** A file descriptor that {@link Epoll} can wait for. Closing twice is harmless; use after closing fails. */
public abstract sealed class Pollable implements AutoCloseable
    permits Epoll, EventFd, TimerFd, HostDatagrams, HostSocket, HostStream, HostTap {
  private final Descriptor descriptor;

  Pollable(long descriptor, String what) { this.descriptor = new Descriptor(descriptor, what); }

  final int fd() { return descriptor.fd(); }

  final String what() { return descriptor.what(); }

  /** {@return whether it is open} */
  public final boolean isOpen() { return descriptor.isOpen(); }

  /** Uses the descriptor no more, and leaves it open for others. */
  final void release() { descriptor.release(); }

  /** Makes it non-blocking. For a descriptor that nobody else uses. */
  final void neverWait() {
    long flags = HostError.check(CALLS.syscall(Host.SYS_fcntl(), fd(), Host.F_GETFL()), "F_GETFL " + what());
    HostError.check(CALLS.syscall(Host.SYS_fcntl(), fd(), Host.F_SETFL(), flags | Host.O_NONBLOCK()),
        "F_SETFL " + what());
  }

  @Override
  public void close() { descriptor.close(); }
}
