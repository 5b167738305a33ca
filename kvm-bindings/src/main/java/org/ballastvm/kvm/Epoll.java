package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.epoll_event;

/**
 * Waits for many descriptors at once: epoll(7), level-triggered unless asked otherwise. One thread waits; any thread may
 * add and remove. Another one can wait for it: it is ready for {@link #IN} while something in it is.
 */
public final class Epoll extends Pollable {
  /** There is something to read, or somebody to accept. */
  public static final int IN = Host.EPOLLIN();
  /** There is room to write. */
  public static final int OUT = Host.EPOLLOUT();
  /**
   * With {@link #IN}, edge-triggered: every signal of an {@link EventFd} is reported once, whether it was read or not;
   * the eventfd need not be drained.
   */
  public static final int EDGE = Host.EPOLLET();
  /** The other end is gone; always watched for. */
  public static final int HUP = Host.EPOLLHUP();
  /** An error stands; always watched for. */
  public static final int ERR = Host.EPOLLERR();

  private static final int BATCH = 32;
  private static final long EVENT_BYTES = epoll_event.SIZE;
  private static final ValueLayout.OfInt PACKED_INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final long TOKEN_OFFSET = epoll_event.data;

  // Not given back by close(): the kernel may be about to write to it for a thread that still waits.
  private final MemorySegment ready = Arena.ofAuto().allocate(EVENT_BYTES * BATCH, 8);

  private Epoll(long descriptor) { super(descriptor, "epoll"); }

  /**
   * Creates a set with nothing in it.
   *
   * @return the set
   * @throws HostError EMFILE, ENFILE or ENOMEM
   */
  public static Epoll create() {
    return new Epoll(HostError.check(CALLS.syscall(Host.SYS_epoll_create1(), Host.EPOLL_CLOEXEC()), "epoll_create1"));
  }

  /**
   * Watches a descriptor.
   *
   * @param source what to watch
   * @param events {@link #IN}, {@link #OUT} or both, with {@link #EDGE} or without; 0 for hang-ups and errors alone
   * @param token comes back from {@link #token} when it is ready
   * @throws HostError EPERM for a descriptor that cannot be waited for, such as a regular file
   */
  public void add(Pollable source, int events, int token) { control(Host.EPOLL_CTL_ADD(), source, events, token); }

  /**
   * Changes what a descriptor is watched for.
   *
   * @param source what is watched
   * @param events as in {@link #add}
   * @param token as in {@link #add}
   */
  public void modify(Pollable source, int events, int token) {
    control(Host.EPOLL_CTL_MOD(), source, events, token);
  }

  /**
   * Watches a descriptor no more; one that was closed is not watched anyway.
   *
   * @param source what was watched
   */
  public void remove(Pollable source) {
    if (source.isOpen()) {
      HostError.check(CALLS.syscall(Host.SYS_epoll_ctl(), fd(), Host.EPOLL_CTL_DEL(), source.fd(), 0),
          "EPOLL_CTL_DEL " + source.what());
    }
  }

  /**
   * Waits. Allocates nothing.
   *
   * @param timeoutMillis at most this long, in milliseconds; -1 for ever
   * @return how many are ready, 0 at the end of the time or when a signal came
   */
  public int await(int timeoutMillis) {
    try {
      long result = CALLS.syscall(Host.SYS_epoll_wait(), fd(), ready.address(), BATCH, timeoutMillis);
      return result == -Host.EINTR() ? 0 : (int) HostError.check(result, "epoll_wait");
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Which one is ready.
   *
   * @param i below what {@link #await} returned
   * @return its token
   */
  public int token(int i) { return ready.get(PACKED_INT, i * EVENT_BYTES + TOKEN_OFFSET); }

  /**
   * What it is ready for.
   *
   * @param i below what {@link #await} returned
   * @return {@link #IN}, {@link #OUT}, {@link #HUP}, {@link #ERR}
   */
  public int events(int i) { return ready.get(PACKED_INT, i * EVENT_BYTES); }

  private void control(int operation, Pollable source, int events, int token) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment event = scratch.allocate(EVENT_BYTES, 8);
      event.set(PACKED_INT, 0, events);
      event.set(PACKED_INT, TOKEN_OFFSET, token);
      HostError.check(CALLS.syscall(Host.SYS_epoll_ctl(), fd(), operation, source.fd(), event.address()),
          "epoll_ctl " + source.what());
    }
  }
}
