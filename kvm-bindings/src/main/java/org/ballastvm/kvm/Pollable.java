package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.generated.Host;

/** A file descriptor that {@link Epoll} can wait for. Closing twice is harmless; use after closing fails. */
public abstract sealed class Pollable implements AutoCloseable permits EventFd, TimerFd, HostSocket, HostStream {
  private final AtomicInteger descriptor;
  private final String what;

  Pollable(long descriptor, String what) {
    this.descriptor = new AtomicInteger((int) descriptor);
    this.what = what;
  }

  final int fd() {
    int now = descriptor.get();
    if (now < 0) {
      throw new IllegalStateException(what + " is closed");
    }
    return now;
  }

  final String what() { return what; }

  /** {@return whether it is open} */
  public final boolean isOpen() { return descriptor.get() >= 0; }

  /** Uses the descriptor no more, and leaves it open for others. */
  final void release() { descriptor.set(-1); }

  @Override
  public void close() {
    int last = descriptor.getAndSet(-1);
    if (last >= 0) {
      CALLS.syscall(Host.SYS_close(), last);
    }
  }
}
