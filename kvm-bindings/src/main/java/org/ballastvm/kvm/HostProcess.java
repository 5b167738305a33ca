package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.rlimit;

/** Facts of this process and its host. */
public final class HostProcess {
  private HostProcess() {}

  /** {@return the size of a normal page in bytes; x86-64 has no other} */
  public static long pageSizeBytes() {
    return 4096;
  }

  /** {@return the calling thread's number, as the host's tools show it} */
  public static int threadId() {
    return (int) CALLS.syscall(Host.SYS_gettid());
  }

  /**
   * Puts the process into a session of its own, away from the terminal's keys and its hang-up, setsid(2).
   *
   * @throws HostError EPERM if the process leads a group, as one does that a shell has started
   */
  public static void beginSession() { HostError.check(CALLS.syscall(Host.SYS_setsid()), "setsid"); }

  /** Moves the process to the root directory, so that it keeps no file system busy. */
  public static void moveToRootDirectory() {
    try (Arena arena = Arena.ofConfined()) {
      HostError.check(CALLS.syscall(Host.SYS_chdir(), arena.allocateFrom("/").address()), "chdir /");
    }
  }

  /** A standard stream of the process. */
  public enum StandardStream {
    /** Standard input. */
    INPUT(0),
    /** Standard output. */
    OUTPUT(1),
    /** Standard error. */
    ERROR(2);

    private final int number;

    StandardStream(int number) { this.number = number; }

    /** Lets it lead nowhere from now on: what is written is dropped, and there is nothing to read. */
    public void abandon() {
      try (Arena arena = Arena.ofConfined()) {
        long nowhere = HostError.check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
            arena.allocateFrom("/dev/null").address(), Host.O_RDWR() | Host.O_CLOEXEC()), "open /dev/null");
        try {
          HostError.check(CALLS.syscall(Host.SYS_dup2(), nowhere, number), "dup2");
        } finally {
          CALLS.syscall(Host.SYS_close(), nowhere);
        }
      }
    }
  }

  /** {@return how many descriptors this process may have open at once, RLIMIT_NOFILE} */
  public static long mostDescriptors() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(rlimit.SIZE, 8);
      HostError.check(CALLS.syscall(Host.SYS_getrlimit(), Host.RLIMIT_NOFILE(), limit.address()), "getrlimit");
      return Fields.get64(limit, rlimit.rlim_cur);
    }
  }
}
