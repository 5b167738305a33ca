package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;

/** A counter that one side raises and the other waits for: eventfd(2), non-blocking. */
public final class EventFd extends Pollable {
  private EventFd(long descriptor) { super(descriptor, "eventfd"); }

  /**
   * Creates a counter at zero.
   *
   * @return the counter
   * @throws HostError EMFILE, ENFILE or ENOMEM
   */
  public static EventFd create() {
    return new EventFd(HostError
        .check(CALLS.syscall(Host.SYS_eventfd2(), 0, Host.EFD_CLOEXEC() | Host.EFD_NONBLOCK()), "eventfd2"));
  }

  /** Adds one. Never blocks; allocates nothing. */
  public void signal() {
    long result = CALLS.syscall(Host.SYS_write(), fd(), FixedArguments.ONE, Long.BYTES);
    if (result < 0 && result != -Host.EAGAIN()) { // EAGAIN: the counter is full, so it is raised already
      HostError.check(result, "write to eventfd");
    }
  }

  /**
   * Sets the counter back to zero. Never blocks; allocates nothing.
   *
   * @return what it stood at, 0 if it was not raised
   */
  public long drain() {
    MemorySegment count = Buffers.eightBytes();
    long result = CALLS.syscall(Host.SYS_read(), fd(), count.address(), 8);
    if (result == -Host.EAGAIN() || result == -Host.EINTR()) {
      return 0;
    }
    HostError.check(result, "read from eventfd");
    return count.get(JAVA_LONG, 0);
  }
}
