package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.ballastvm.kvm.generated.Host;

/**
 * A thread that waits, in its writer's place, for a descriptor that is slow to take what it is given. A pipe lies between
 * both, and bounds what is under way.
 */
final class Relay {
  /** Longer than this nobody waits at the end for who does not read. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int BUFFER_BYTES = 4096;

  private final int entrance;
  private final Thread thread;

  private Relay(int entrance, Thread thread) {
    this.entrance = entrance;
    this.thread = thread;
  }

  /** Starts one. It ends when its entrance is closed, or when nobody reads from the descriptor any more. */
  static Relay to(int descriptor, String what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      HostError.check(CALLS.syscall(Host.SYS_pipe2(), ends.address(), Host.O_CLOEXEC()), "pipe2 for " + what);
      int out = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
      Thread thread = Thread.ofPlatform().daemon().name("relay").start(() -> pass(out, descriptor));
      return new Relay(ends.getAtIndex(ValueLayout.JAVA_INT, 1), thread);
    }
  }

  /** The end of a pipe: what is written there goes to the descriptor. Whoever takes it closes it. */
  int entrance() {
    return entrance;
  }

  /** Waits until all that was written has gone on, or nobody takes it. The entrance is closed by then. */
  void awaitEnd() {
    try {
      thread.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pass(int from, int to) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES);
      long count = again(Host.SYS_read(), from, buffer);
      while (count > 0 && writeAll(to, buffer.asSlice(0, count))) {
        count = again(Host.SYS_read(), from, buffer);
      }
    } finally {
      CALLS.syscall(Host.SYS_close(), from); // who writes learns of it as of a reader that went
    }
  }

  private static boolean writeAll(int to, MemorySegment bytes) {
    long done = 0;
    while (done < bytes.byteSize()) {
      long count = again(Host.SYS_write(), to, bytes.asSlice(done));
      if (count <= 0) {
        return false;
      }
      done += count;
    }
    return true;
  }

  private static long again(long call, int descriptor, MemorySegment bytes) {
    long result = CALLS.syscall(call, descriptor, bytes.address(), bytes.byteSize());
    while (result == -Host.EINTR()) {
      result = CALLS.syscall(call, descriptor, bytes.address(), bytes.byteSize());
    }
    return result;
  }
}
