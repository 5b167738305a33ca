package org.ballastvm.kvm;

/** A file descriptor that {@link Epoll} can wait for. Closing twice is harmless; use after closing fails. */
public abstract sealed class Pollable implements AutoCloseable permits EventFd, TimerFd, HostSocket, HostStream {
  private final Descriptor descriptor;

  Pollable(long descriptor, String what) { this.descriptor = new Descriptor(descriptor, what); }

  final int fd() { return descriptor.fd(); }

  final String what() { return descriptor.what(); }

  /** {@return whether it is open} */
  public final boolean isOpen() { return descriptor.isOpen(); }

  /** Uses the descriptor no more, and leaves it open for others. */
  final void release() { descriptor.release(); }

  @Override
  public void close() { descriptor.close(); }
}
