package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.termios;

/** A stream of bytes that is not a socket: standard input and output, a pseudo-terminal, a file. */
public final class HostStream extends Pollable {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;

  private final boolean owned;

  private HostStream(long descriptor, String what, boolean owned) {
    super(descriptor, what);
    this.owned = owned;
  }

  /**
   * The process's standard input. Reads are not made non-blocking, since other processes share it: read only when it is
   * ready. Closing leaves it open.
   *
   * @return the stream
   */
  public static HostStream standardInput() { return new HostStream(STDIN, "standard input", false); }

  /**
   * The process's standard output, under the same rules.
   *
   * @return the stream
   */
  public static HostStream standardOutput() { return new HostStream(STDOUT, "standard output", false); }

  /**
   * A new file, or an old one emptied, to write to.
   *
   * @param path its name
   * @return the stream
   * @throws HostError EACCES, EISDIR, ENOENT, ENOSPC
   */
  public static HostStream createFile(Path path) {
    return open(path, Host.O_WRONLY() | Host.O_CREAT() | Host.O_TRUNC());
  }

  /**
   * A new pseudo-terminal.
   *
   * @return our end of it
   */
  public static HostStream openPty() {
    HostStream pty = open(Path.of("/dev/ptmx"), Host.O_RDWR() | Host.O_NOCTTY() | Host.O_NONBLOCK());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment unlock = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), pty.fd(), Host.TIOCSPTLCK(), unlock.address()), "TIOCSPTLCK");
      return pty;
    }
  }

  /** Lets a pseudo-terminal pass on every byte as it is, in both directions and without echo, until its user asks else. */
  public void passAllBytes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment line = arena.allocate(termios.SIZE, 8);
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), fd(), Host.TCGETS(), line.address()), "TCGETS");
      Terminal.passKeys(line, false);
      set32(line, termios.c_oflag, get32(line, termios.c_oflag) & ~Host.OPOST());
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), fd(), Host.TCSETS(), line.address()), "TCSETS");
    }
  }

  /** {@return the name that others open a pseudo-terminal by} */
  public Path ptyPath() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), fd(), Host.TIOCGPTN(), number.address()), "TIOCGPTN");
      return Path.of("/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0));
    }
  }

  /**
   * Reads what is there.
   *
   * @param into native memory
   * @return bytes read, {@link HostSocket#END} or {@link HostSocket#WOULD_BLOCK}
   */
  public int read(MemorySegment into) { return read(this, into); }

  /**
   * Writes what there is room for.
   *
   * @param from native memory
   * @return bytes written, {@link HostSocket#END} or {@link HostSocket#WOULD_BLOCK}
   */
  public int write(MemorySegment from) { return write(this, from); }

  @Override
  public void close() {
    if (owned) {
      super.close();
    } else {
      release();
    }
  }

  static int read(Pollable source, MemorySegment into) {
    return outcome(CALLS.syscall(Host.SYS_read(), source.fd(), Buffers.address(into), into.byteSize()), true);
  }

  static int write(Pollable target, MemorySegment from) {
    return outcome(CALLS.syscall(Host.SYS_write(), target.fd(), Buffers.address(from), from.byteSize()), false);
  }

  private static int outcome(long result, boolean reading) {
    if (result > 0) {
      return (int) result;
    }
    if (result == -Host.EAGAIN() || result == -Host.EINTR() || result == 0 && !reading) {
      return HostSocket.WOULD_BLOCK;
    }
    // The end of the stream, and every way in which the other side can have gone.
    return HostSocket.END;
  }

  private static HostStream open(Path path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return new HostStream(HostError.check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
          arena.allocateFrom(path.toString()).address(), flags | Host.O_CLOEXEC(), 0600), "open " + path),
          path.toString(), true);
    }
  }
}
