package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.kvm.generated.Host;

/** A stream socket, listening or connected, non-blocking. */
public final class HostSocket extends Pollable {
  /** What {@link #read} and {@link #write} return when they would have to wait. */
  public static final int WOULD_BLOCK = -2;
  /** What {@link #read} returns when the other end will send no more, and {@link #write} when it is gone. */
  public static final int END = -1;

  private HostSocket(long descriptor, String what) { super(descriptor, what); }

  /**
   * Listens on a Unix socket that its owner alone can use. A socket file that nobody listens on any more is replaced.
   *
   * @param path where
   * @return the listener
   * @throws HostError EADDRINUSE if somebody listens there or something else has the name
   */
  public static HostSocket listenUnix(Path path) {
    HostSocket socket = create(Host.AF_UNIX(), "socket " + path);
    try (Arena arena = Arena.ofConfined()) {
      UnixNames.bind(arena, socket.fd(), Host.SOCK_STREAM(), path);
      HostError.check(CALLS.syscall(Host.SYS_listen(), socket.fd(), 16), "listen " + path);
      return socket;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Listens on a TCP port.
   *
   * @param address of this host
   * @param port 0 to 65535; 0 lets the host choose
   * @return the listener
   * @throws HostError EADDRINUSE, EADDRNOTAVAIL, EACCES
   */
  public static HostSocket listenTcp(InetAddress address, int port) {
    String what = "tcp:" + address.getHostAddress() + ":" + port;
    HostSocket socket = create(Host.AF_INET(), what);
    try (Arena arena = Arena.ofConfined()) {
      SocketOptions.turnOn(socket.fd(), Host.SOL_SOCKET(), Host.SO_REUSEADDR(), "SO_REUSEADDR");
      MemorySegment where = SocketAddresses.inet(arena, address, port);
      HostError.check(CALLS.syscall(Host.SYS_bind(), socket.fd(), where.address(), where.byteSize()), "bind " + what);
      HostError.check(CALLS.syscall(Host.SYS_listen(), socket.fd(), 16), "listen " + what);
      return socket;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Connects to a Unix socket.
   *
   * @param path where
   * @return the connection
   * @throws HostError ENOENT, ECONNREFUSED, EACCES
   */
  public static HostSocket connectUnix(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      return connect(create(Host.AF_UNIX(), "socket " + path), SocketAddresses.unix(arena, path));
    }
  }

  /**
   * Two Unix sockets that are each other's other end.
   *
   * @param what for people
   * @return both
   * @throws HostError EMFILE, ENFILE
   */
  public static HostSocket[] pair(String what) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      HostError.check(CALLS.syscall(Host.SYS_socketpair(), Host.AF_UNIX(),
          Host.SOCK_STREAM() | Host.SOCK_CLOEXEC() | Host.SOCK_NONBLOCK(), 0, ends.address()), "socketpair " + what);
      return new HostSocket[]{new HostSocket(ends.getAtIndex(ValueLayout.JAVA_INT, 0), what),
          new HostSocket(ends.getAtIndex(ValueLayout.JAVA_INT, 1), what)};
    }
  }

  /**
   * Connects to a TCP port, and waits until the connection stands.
   *
   * @param address of the other host
   * @param port 1 to 65535
   * @return the connection
   * @throws HostError ECONNREFUSED, ENETUNREACH, ETIMEDOUT
   */
  public static HostSocket connectTcp(InetAddress address, int port) {
    try (Arena arena = Arena.ofConfined()) {
      HostSocket socket = connect(create(Host.AF_INET(), 0, "tcp:" + address.getHostAddress() + ":" + port),
          SocketAddresses.inet(arena, address, port));
      socket.neverWait();
      return socket;
    }
  }

  /**
   * Begins to connect to a TCP port, and does not wait. When the socket is ready to be written to, it is
   * {@link #connectionFailure} that says how that went.
   *
   * @param address of the other host
   * @param port 1 to 65535
   * @return the socket
   * @throws HostError ECONNREFUSED, ENETUNREACH where the host knows at once
   */
  public static HostSocket beginToConnectTcp(InetAddress address, int port) {
    try (Arena arena = Arena.ofConfined()) {
      HostSocket socket = create(Host.AF_INET(), "tcp:" + address.getHostAddress() + ":" + port);
      MemorySegment where = SocketAddresses.inet(arena, address, port);
      long result = CALLS.syscall(Host.SYS_connect(), socket.fd(), where.address(), where.byteSize());
      if (result < 0 && result != -Host.EINPROGRESS()) {
        socket.close();
        HostError.check(result, "connect " + socket.what());
      }
      return socket;
    }
  }

  /**
   * A connection that this process was given, whose descriptor is the socket's own from now on.
   *
   * @param descriptor its number
   * @return the socket
   * @throws HostError EBADF, ENOTSOCK; EINVAL for one that is no stream; the descriptor stays open then
   */
  public static HostSocket inherited(int descriptor) {
    String what = "file descriptor " + descriptor;
    if (SocketOptions.get(descriptor, Host.SO_TYPE(), "SO_TYPE of " + what) != Host.SOCK_STREAM()) {
      throw new HostError(what + " is no stream", Errno.EINVAL);
    }
    HostSocket socket = new HostSocket(descriptor, what);
    socket.neverWait();
    return socket;
  }

  /** {@return why a connection that was begun could not be had; empty if it stands} */
  public Optional<HostError> connectionFailure() {
    int code = SocketOptions.get(fd(), Host.SO_ERROR(), "SO_ERROR of " + what());
    return code == 0 ? Optional.empty() : Optional.of(new HostError("connect " + what(), Errno.of(code)));
  }

  /** Connects a socket, and waits for that if the socket is not yet non-blocking. */
  private static HostSocket connect(HostSocket socket, MemorySegment address) {
    try {
      long result = CALLS.syscall(Host.SYS_connect(), socket.fd(), address.address(), address.byteSize());
      while (result == -Host.EINTR()) { // A signal came; asked again, the kernel waits on for the same connection.
        result = CALLS.syscall(Host.SYS_connect(), socket.fd(), address.address(), address.byteSize());
      }
      HostError.check(result, "connect " + socket.what());
      return socket;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Takes the next client of a listener.
   *
   * @return the connection, or null if nobody waits
   */
  public HostSocket accept() {
    long result = CALLS.syscall(Host.SYS_accept4(), fd(), 0, 0, Host.SOCK_NONBLOCK() | Host.SOCK_CLOEXEC());
    // A client that has gone away again is reported here too, accept(2).
    if (result == -Host.EAGAIN() || result == -Host.EINTR() || result == -Host.ECONNABORTED()
        || result == -Host.EPROTO()) {
      return null;
    }
    return new HostSocket(HostError.check(result, "accept on " + what()), "client of " + what());
  }

  /** {@return the port that a TCP listener has} */
  public int localPort() { return SocketOptions.localPort(fd()); }

  /**
   * Reads what is there.
   *
   * @param into native memory
   * @return bytes read, {@link #END} or {@link #WOULD_BLOCK}
   */
  public int read(MemorySegment into) { return HostStream.read(this, into); }

  /**
   * Writes what there is room for.
   *
   * @param from native memory
   * @return bytes written, {@link #END} or {@link #WOULD_BLOCK}
   */
  public int write(MemorySegment from) { return HostStream.write(this, from); }

  /**
   * Writes several pieces of memory as one, as far as there is room for them. Allocates nothing.
   *
   * @param from in order
   * @return bytes written, {@link #END} or {@link #WOULD_BLOCK}
   */
  public int write(IoVectors from) { return HostStream.write(this, from); }

  /** Says that no more is written: the other end reads what was, and then {@link #END}. Harmless where it is gone. */
  public void endOutput() {
    long result = CALLS.syscall(Host.SYS_shutdown(), fd(), Host.SHUT_WR());
    if (result != -Host.ENOTCONN()) {
      HostError.check(result, "shutdown of " + what());
    }
  }

  private static HostSocket create(int family, String what) { return create(family, Host.SOCK_NONBLOCK(), what); }

  private static HostSocket create(int family, int flags, String what) {
    return new HostSocket(HostError.check(
        CALLS.syscall(Host.SYS_socket(), family, Host.SOCK_STREAM() | Host.SOCK_CLOEXEC() | flags, 0), "socket"), what);
  }
}
