package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.ballastvm.kvm.generated.Host;

/** Files by which Unix sockets are found, unix(7). */
final class UnixNames {
  private static final int OWNER_ONLY = 0600;
  private static final int TYPE_MASK = 0170000; // S_IFMT, inode(7)
  private static final int TYPE_SOCKET = 0140000; // S_IFSOCK

  private UnixNames() {}

  /**
   * Gives a socket a name that its owner alone can use. One that a socket has left behind, as that of a process that was
   * killed, is replaced; EADDRINUSE for one that is used, and for what is no socket.
   */
  static void bind(Arena arena, int fd, int type, Path path) {
    MemorySegment address = SocketAddresses.unix(arena, path);
    // On Linux the mode of an unbound socket becomes the mode of the file that bind makes.
    HostError.check(CALLS.syscall(Host.SYS_fchmod(), fd, OWNER_ONLY), "fchmod " + path);
    long result = CALLS.syscall(Host.SYS_bind(), fd, address.address(), address.byteSize());
    if (result == -Host.EADDRINUSE() && isSocket(path) && isStale(type, address)) {
      CALLS.syscall(Host.SYS_unlink(), arena.allocateFrom(path.toString()).address());
      result = CALLS.syscall(Host.SYS_bind(), fd, address.address(), address.byteSize());
    }
    HostError.check(result, "bind " + path);
  }

  private static boolean isSocket(Path path) {
    try {
      int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (mode & TYPE_MASK) == TYPE_SOCKET;
    } catch (IOException e) {
      return false; // gone meanwhile, or not to be seen: bind fails
    }
  }

  /** connect(2) answers ECONNREFUSED for a name that no socket of the type has any more, and EPROTOTYPE for another type's. */
  private static boolean isStale(int type, MemorySegment address) {
    long probe = CALLS.syscall(Host.SYS_socket(), Host.AF_UNIX(), type | Host.SOCK_CLOEXEC() | Host.SOCK_NONBLOCK(), 0);
    if (probe < 0) {
      return false;
    }
    long result = CALLS.syscall(Host.SYS_connect(), probe, address.address(), address.byteSize());
    CALLS.syscall(Host.SYS_close(), probe);
    return result == -Host.ECONNREFUSED();
  }
}
