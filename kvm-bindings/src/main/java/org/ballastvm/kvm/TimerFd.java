package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.itimerspec;
import org.ballastvm.kvm.generated.Offsets.timespec;

/** A timer on the monotonic clock: timerfd(2), non-blocking. */
public final class TimerFd extends Pollable {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Made once: timers are armed where nothing may be allocated. */
  private final MemorySegment spec = Arena.ofAuto().allocate(itimerspec.SIZE, 8);

  private TimerFd(long descriptor) { super(descriptor, "timerfd"); }

  /**
   * Creates a timer that is not armed.
   *
   * @return the timer
   * @throws HostError EMFILE, ENFILE or ENOMEM
   */
  public static TimerFd create() {
    return new TimerFd(HostError.check(CALLS.syscall(Host.SYS_timerfd_create(), Host.CLOCK_MONOTONIC(),
        Host.TFD_CLOEXEC() | Host.TFD_NONBLOCK()), "timerfd_create"));
  }

  /**
   * Arms the timer.
   *
   * @param firstNanos from now to the first expiry, above zero
   * @param periodNanos between later ones, 0 for none
   */
  public void arm(long firstNanos, long periodNanos) {
    if (firstNanos <= 0 || periodNanos < 0) {
      throw new IllegalArgumentException("a timer of " + firstNanos + " ns, then every " + periodNanos + " ns");
    }
    set(firstNanos, periodNanos);
  }

  /** Disarms it. */
  public void disarm() { set(0, 0); }

  /**
   * Takes note of expiries. Never blocks.
   *
   * @return how many there were since the last call
   */
  public long drain() {
    MemorySegment count = Buffers.eightBytes();
    long result = CALLS.syscall(Host.SYS_read(), fd(), count.address(), 8);
    if (result == -Host.EAGAIN() || result == -Host.EINTR()) {
      return 0;
    }
    HostError.check(result, "read from timerfd");
    return count.get(JAVA_LONG, 0);
  }

  private synchronized void set(long firstNanos, long periodNanos) {
    put(itimerspec.it_value, firstNanos);
    put(itimerspec.it_interval, periodNanos);
    HostError.check(CALLS.syscall(Host.SYS_timerfd_settime(), fd(), 0, spec.address(), 0), "timerfd_settime");
  }

  private void put(long offset, long nanos) {
    set64(spec, offset + timespec.tv_sec, nanos / NANOS_PER_SECOND);
    set64(spec, offset + timespec.tv_nsec, nanos % NANOS_PER_SECOND);
  }
}
