package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.sockaddr_in;

/** What the kernel knows of a socket: getsockopt(2), setsockopt(2), getsockname(2). */
final class SocketOptions {
  private SocketOptions() {}

  /** A number that an option has. */
  static int get(int fd, int option, String words) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
      HostError.check(CALLS.syscall(Host.SYS_getsockopt(), fd, Host.SOL_SOCKET(), option, value.address(),
          length.address()), words);
      return value.get(JAVA_INT, 0);
    }
  }

  /** Switches an option on. */
  static void turnOn(int fd, int level, int option, String words) {
    try (Arena arena = Arena.ofConfined()) {
      set(fd, level, option, arena.allocateFrom(JAVA_INT, 1), words);
    }
  }

  /** Gives an option a value. */
  static void set(int fd, int level, int option, MemorySegment value, String words) {
    HostError.check(CALLS.syscall(Host.SYS_setsockopt(), fd, level, option, value.address(), value.byteSize()), words);
  }

  /** The port that a socket of IPv4 is bound to. */
  static int localPort(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(sockaddr_in.SIZE, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
      HostError.check(CALLS.syscall(Host.SYS_getsockname(), fd, address.address(), length.address()), "getsockname");
      return SocketAddresses.portOf(address);
    }
  }
}
