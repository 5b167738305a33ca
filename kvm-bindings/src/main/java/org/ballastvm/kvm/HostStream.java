package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.stat;

/** A stream of bytes that is not a socket: standard input and output, a pseudo-terminal, a file. */
public final class HostStream extends Pollable {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;

  private final boolean owned;
  private final Runnable afterClose;
  private Errno failure;

  private HostStream(long descriptor, String what, boolean owned) {
    this(descriptor, what, owned, () -> {
      // Nobody waits for it.
    });
  }

  private HostStream(long descriptor, String what, boolean owned, Runnable afterClose) {
    super(descriptor, what);
    this.owned = owned;
    this.afterClose = afterClose;
  }

  /**
   * The process's standard input. A terminal or a pipe is opened again, so that a read never waits, whoever else reads it;
   * where the host does not allow that, and from anything else, read only when it is ready. Closing leaves the process's
   * own descriptor open.
   *
   * @return the stream
   */
  public static HostStream standardInput() {
    String what = "standard input";
    HostStream again = isRegularFile(STDIN) ? null : openAgain(STDIN, Host.O_RDONLY(), what);
    return again == null ? new HostStream(STDIN, what, false) : again;
  }

  /**
   * The process's standard output, to write to without ever waiting for who reads it. Closing leaves the process's own
   * descriptor open.
   *
   * @return the stream
   */
  public static HostStream standardOutput() { return withoutWaiting(STDOUT, "standard output"); }

  /**
   * A way to write to a descriptor that others use too, and that may keep its writer waiting. To make it non-blocking would
   * make it so for the others: what it leads to is opened again, or a thread stands between.
   */
  static HostStream withoutWaiting(int descriptor, String what) {
    if (isRegularFile(descriptor)) {
      return new HostStream(descriptor, what, false); // its position belongs to the process, and it has no reader
    }
    HostStream again = openAgain(descriptor, Host.O_WRONLY(), what);
    return again == null ? through(Relay.to(descriptor, what), what) : again;
  }

  /** Null where the host refuses: it is a socket, or the terminal of another user. */
  private static HostStream openAgain(int descriptor, int mode, String what) {
    try (Arena arena = Arena.ofConfined()) {
      long again = CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
          arena.allocateFrom("/proc/self/fd/" + descriptor).address(),
          mode | Host.O_NONBLOCK() | Host.O_NOCTTY() | Host.O_CLOEXEC());
      return again < 0 ? null : new HostStream(again, what, true);
    }
  }

  private static boolean isRegularFile(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment status = arena.allocate(stat.SIZE, 8);
      HostError.check(CALLS.syscall(Host.SYS_fstat(), descriptor, status.address()), "fstat");
      return (get32(status, stat.st_mode) & Host.S_IFMT()) == Host.S_IFREG();
    }
  }

  /** A way to write to what a thread passes on; closing it waits for that thread. */
  static HostStream through(Relay relay, String what) {
    HostStream stream = new HostStream(relay.entrance(), what, true, relay::awaitEnd);
    stream.neverWait();
    return stream;
  }

  /**
   * A file to write to, made if it is not there. All goes to its end, wherever that is by then: others may cut it.
   *
   * @param path its name
   * @param append keep what is in it; else it is emptied first
   * @return the stream
   * @throws HostError EACCES, EISDIR, ENOENT, ENOSPC
   */
  public static HostStream createFile(Path path, boolean append) {
    HostStream file = open(path, Host.O_WRONLY() | Host.O_CREAT() | Host.O_NOCTTY() | Host.O_APPEND()
        | (append ? 0 : Host.O_TRUNC()));
    file.neverWait(); // it may be a terminal or a pipe
    return file;
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
      LineSettings line = new LineSettings(arena);
      HostError.check(line.readFrom(fd()), "TCGETS");
      line.passKeys(false);
      line.passOutput();
      HostError.check(line.writeTo(fd()), "TCSETS");
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
  public int read(MemorySegment into) {
    return keep(CALLS.syscall(Host.SYS_read(), fd(), Buffers.address(into), into.byteSize()), true);
  }

  /**
   * Writes what there is room for.
   *
   * @param from native memory
   * @return bytes written, {@link HostSocket#END} or {@link HostSocket#WOULD_BLOCK}
   */
  public int write(MemorySegment from) {
    return keep(CALLS.syscall(Host.SYS_write(), fd(), Buffers.address(from), from.byteSize()), false);
  }

  /** {@return what the host said when a read or a write last had {@link HostSocket#END}; EPIPE where it was the end} */
  public Errno failure() {
    return failure;
  }

  private int keep(long result, boolean reading) {
    int outcome = outcome(result, reading);
    if (outcome == HostSocket.END) {
      failure = result < 0 ? Errno.of((int) -result) : Errno.EPIPE;
    }
    return outcome;
  }

  @Override
  public void close() {
    if (owned) {
      super.close();
      afterClose.run();
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

  static int write(Pollable target, IoVectors from) { return outcome(writev(target, from), false); }

  /** What writev(2) answers, a negated errno included. */
  static long writev(Pollable target, IoVectors from) {
    return CALLS.syscall(Host.SYS_writev(), target.fd(), from.address(), from.count());
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
    return new HostStream(HostError.check(FdSets.open(path, flags, 0600), "open " + path), path.toString(), true);
  }
}
