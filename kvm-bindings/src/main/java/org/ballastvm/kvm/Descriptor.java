package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.generated.Host;

/** A file descriptor of ours, until it is closed. Closing twice is harmless; use after closing fails. */
final class Descriptor {
  private final AtomicInteger number;
  private final String what;

  Descriptor(long number, String what) {
    this.number = new AtomicInteger((int) number);
    this.what = what;
  }

  int fd() {
    int now = number.get();
    if (now < 0) {
      throw new IllegalStateException(what + " is closed");
    }
    return now;
  }

  String what() { return what; }

  boolean isOpen() { return number.get() >= 0; }

  /** Uses the descriptor no more, and leaves it open for others. */
  void release() { number.set(-1); }

  void close() {
    int last = number.getAndSet(-1);
    if (last >= 0) {
      CALLS.syscall(Host.SYS_close(), last);
    }
  }
}
