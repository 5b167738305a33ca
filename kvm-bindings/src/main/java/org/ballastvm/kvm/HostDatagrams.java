package org.ballastvm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.msghdr;

/**
 * A socket whose messages are whole: UDP, or datagrams between Unix sockets. Non-blocking. What it sends goes to one address,
 * and may be lost on the way; what comes may be from anybody who can reach it. Allocates nothing once it is made.
 */
public final class HostDatagrams extends Pollable {
  private static final int MULTICAST_REQUEST_BYTES = 8; // struct ip_mreq, ip(7): the group, then the interface's address
  private static final int INTERFACE = 4;

  private final MemorySegment header = Arena.ofAuto().allocate(msghdr.SIZE, 8);
  /** Where it sends to; null where the socket is connected. The header refers to it. */
  private MemorySegment remote;

  private HostDatagrams(long descriptor, String what) { super(descriptor, what); }

  /**
   * Messages of UDP between two hosts, or two processes of one.
   *
   * @param local this host's address, on which messages are awaited
   * @param localPort 0 to 65535; 0 lets the host choose
   * @param remote where messages go
   * @param remotePort 1 to 65535
   * @return the socket
   * @throws HostError EADDRINUSE, EADDRNOTAVAIL, EACCES; EAFNOSUPPORT for an address that is not of IPv4
   */
  public static HostDatagrams udp(InetAddress local, int localPort, InetAddress remote, int remotePort) {
    HostDatagrams socket = create(Host.AF_INET(), "udp:" + local.getHostAddress() + ":" + localPort);
    try (Arena arena = Arena.ofConfined()) {
      socket.turnOn(Host.SOL_SOCKET(), Host.SO_REUSEADDR(), "SO_REUSEADDR");
      socket.bind(SocketAddresses.inet(arena, local, localPort));
      socket.sendTo(SocketAddresses.inet(Arena.ofAuto(), remote, remotePort));
      return socket;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Messages of UDP between all who take part in a group, this process's own included.
   *
   * @param group 224.0.0.0 to 239.255.255.255
   * @param port 1 to 65535
   * @param interfaceAddress an address of the interface by which they come and go; the host chooses one when empty
   * @return the socket
   * @throws HostError EADDRINUSE; EINVAL for an address that is no group's; ENODEV where the host has no way to it
   */
  public static HostDatagrams multicast(InetAddress group, int port, Optional<InetAddress> interfaceAddress) {
    HostDatagrams socket = create(Host.AF_INET(), "multicast:" + group.getHostAddress() + ":" + port);
    try (Arena arena = Arena.ofConfined()) {
      socket.turnOn(Host.SOL_SOCKET(), Host.SO_REUSEADDR(), "SO_REUSEADDR");
      socket.bind(SocketAddresses.inet(arena, group, port));
      MemorySegment request = arena.allocate(MULTICAST_REQUEST_BYTES, 4);
      MemorySegment.copy(SocketAddresses.ofIpv4(group), 0, request, ValueLayout.JAVA_BYTE, 0, INTERFACE);
      interfaceAddress.ifPresent(address -> MemorySegment.copy(SocketAddresses.ofIpv4(address), 0, request,
          ValueLayout.JAVA_BYTE, INTERFACE, INTERFACE));
      socket.option(Host.IPPROTO_IP(), Host.IP_ADD_MEMBERSHIP(), request, "IP_ADD_MEMBERSHIP");
      socket.turnOn(Host.IPPROTO_IP(), Host.IP_MULTICAST_LOOP(), "IP_MULTICAST_LOOP");
      if (interfaceAddress.isPresent()) {
        socket.option(Host.IPPROTO_IP(), Host.IP_MULTICAST_IF(), request.asSlice(INTERFACE), "IP_MULTICAST_IF");
      }
      socket.sendTo(SocketAddresses.inet(Arena.ofAuto(), group, port));
      return socket;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Messages between two Unix sockets. The other one need not be there yet.
   *
   * @param local the name of this one; one that a socket has left behind is replaced
   * @param remote the other's
   * @return the socket
   * @throws HostError EADDRINUSE, ENOENT, EACCES
   */
  public static HostDatagrams unix(Path local, Path remote) {
    HostDatagrams socket = create(Host.AF_UNIX(), "socket " + local);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment to = SocketAddresses.unix(Arena.ofAuto(), remote);
      UnixNames.bind(arena, socket.fd(), Host.SOCK_DGRAM(), local);
      socket.sendTo(to);
      return socket;
    } catch (HostError e) {
      socket.close();
      throw e;
    }
  }

  /**
   * A connected socket that this process was given, whose descriptor is the socket's own from now on.
   *
   * @param descriptor its number
   * @return the socket
   * @throws HostError EBADF, ENOTSOCK; EINVAL for one that is not of datagrams; the descriptor stays open then
   */
  public static HostDatagrams inherited(int descriptor) {
    String what = "file descriptor " + descriptor;
    if (SocketOptions.get(descriptor, Host.SO_TYPE(), "SO_TYPE of " + what) != Host.SOCK_DGRAM()) {
      throw new HostError(what + " is no socket of datagrams", Errno.EINVAL);
    }
    HostDatagrams socket = new HostDatagrams(descriptor, what);
    socket.neverWait();
    return socket;
  }

  private static HostDatagrams create(int family, String what) {
    return new HostDatagrams(HostError.check(CALLS.syscall(Host.SYS_socket(), family,
        Host.SOCK_DGRAM() | Host.SOCK_CLOEXEC() | Host.SOCK_NONBLOCK(), 0), "socket"), what);
  }

  private void turnOn(int level, int name, String words) {
    SocketOptions.turnOn(fd(), level, name, words + " of " + what());
  }

  private void option(int level, int name, MemorySegment value, String words) {
    SocketOptions.set(fd(), level, name, value, words + " of " + what());
  }

  private void bind(MemorySegment address) {
    HostError.check(CALLS.syscall(Host.SYS_bind(), fd(), address.address(), address.byteSize()), "bind " + what());
  }

  private void sendTo(MemorySegment address) {
    remote = address;
    header.set(JAVA_LONG, msghdr.msg_name, remote.address());
    header.set(JAVA_INT, msghdr.msg_namelen, (int) remote.byteSize());
  }

  /** {@return the port on which messages of UDP are awaited} */
  public int localPort() {
    return SocketOptions.localPort(fd());
  }

  /**
   * Reads the next message.
   *
   * @param into native memory; what a longer message has beyond it is lost
   * @return its length in bytes, which may be 0, or {@link HostSocket#WOULD_BLOCK}
   */
  public int read(MemorySegment into) {
    long result = CALLS.syscall(Host.SYS_read(), fd(), Buffers.address(into), into.byteSize());
    // An error here is about an earlier message that nobody has taken, udp(7); those may be lost.
    return result < 0 ? HostSocket.WOULD_BLOCK : (int) result;
  }

  /**
   * Sends a message.
   *
   * @param message in order
   * @return whether it went; not when nobody is there, or has no room, or it is longer than the host takes
   */
  public boolean write(IoVectors message) {
    header.set(JAVA_LONG, msghdr.msg_iov, message.address());
    header.set(JAVA_LONG, msghdr.msg_iovlen, message.count());
    return CALLS.syscall(Host.SYS_sendmsg(), fd(), header.address(), Host.MSG_NOSIGNAL()) == message.bytes();
  }
}
