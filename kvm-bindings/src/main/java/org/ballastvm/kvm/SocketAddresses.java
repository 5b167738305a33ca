package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.set16;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.sockaddr_in;
import org.ballastvm.kvm.generated.Offsets.sockaddr_un;

/** Addresses of sockets as the kernel has them: unix(7) and ip(7). */
final class SocketAddresses {
  private static final ValueLayout.OfShort NETWORK_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
      .withOrder(ByteOrder.BIG_ENDIAN);
  /** sun_path is the last field: what is left of the struct, a zero at the end included. */
  private static final long SUN_PATH_BYTES = sockaddr_un.SIZE - sockaddr_un.sun_path;

  private SocketAddresses() {}

  /** A Unix socket's; ENAMETOOLONG for a path that there is no room for. */
  static MemorySegment unix(Arena arena, Path path) {
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    MemorySegment address = arena.allocate(sockaddr_un.SIZE, 8);
    if (name.length >= SUN_PATH_BYTES) {
      throw new HostError("bind " + path + ", a path of " + name.length + " bytes where a socket has room for "
          + (SUN_PATH_BYTES - 1), Errno.ENAMETOOLONG);
    }
    set16(address, sockaddr_un.sun_family, (short) Host.AF_UNIX());
    MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, sockaddr_un.sun_path, name.length);
    return address;
  }

  /** A host's and a port of it; EAFNOSUPPORT for a host that has no address of IPv4. */
  static MemorySegment inet(Arena arena, InetAddress host, int port) {
    byte[] number = ofIpv4(host);
    MemorySegment address = arena.allocate(sockaddr_in.SIZE, 8);
    set16(address, sockaddr_in.sin_family, (short) Host.AF_INET());
    address.set(NETWORK_SHORT, sockaddr_in.sin_port, (short) port);
    MemorySegment.copy(number, 0, address, ValueLayout.JAVA_BYTE, sockaddr_in.sin_addr, number.length);
    return address;
  }

  /** The four bytes of a host's address; EAFNOSUPPORT for one that is not of IPv4. */
  static byte[] ofIpv4(InetAddress host) {
    byte[] number = host.getAddress();
    if (number.length != 4) {
      throw new HostError("address " + host.getHostAddress() + ", which is not of IPv4", Errno.EAFNOSUPPORT);
    }
    return number;
  }

  /** The port in an address that the kernel has written. */
  static int portOf(MemorySegment inet) {
    return inet.get(NETWORK_SHORT, sockaddr_in.sin_port) & 0xffff;
  }
}
