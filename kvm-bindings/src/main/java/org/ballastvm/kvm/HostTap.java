package org.ballastvm.kvm;

import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.ballastvm.kvm.generated.Host;

/**
 * A queue of a tap: a network interface of the host whose frames a process takes and gives. linux/if_tun.h,
 * Documentation/networking/tuntap.rst. Non-blocking.
 */
public final class HostTap extends Pollable {
  /** A name is this long at most, in bytes: IFNAMSIZ less a zero at its end, linux/if.h. */
  public static final int MOST_NAME_BYTES = 15;
  /** {@code struct virtio_net_hdr_v1}, which stands before each frame. */
  public static final int HEADER_BYTES = 12;

  /** A part of the work that is left to the other side: a bit for TUNSETOFFLOAD. */
  public enum Offload {
    /** Checksums. */
    CSUM(Host.TUN_F_CSUM()),
    /** Large segments of TCP over IPv4. */
    TSO4(Host.TUN_F_TSO4()),
    /** Large segments of TCP over IPv6. */
    TSO6(Host.TUN_F_TSO6()),
    /** Large segments with congestion marks. */
    TSO_ECN(Host.TUN_F_TSO_ECN());

    private final int bit;

    Offload(int bit) { this.bit = bit; }
  }

  private static final long IFREQ_BYTES = 40; // struct ifreq: a name of 16 bytes and a union of 24, linux/if.h
  private static final long IFREQ_FLAGS = 16;

  private final String name;
  private final boolean headers;

  private HostTap(long descriptor, String name, boolean headers) {
    super(descriptor, "tap " + name);
    this.name = name;
    this.headers = headers;
  }

  /**
   * Opens a queue of an interface, with headers before its frames. An interface that there is not is made, and goes with its
   * last queue.
   *
   * @param name of the interface; the host chooses one when empty
   * @param severalQueues whether this is one of several queues; all of an interface agree in that
   * @return the queue
   * @throws HostError EPERM, EBUSY if somebody has the interface, EINVAL if it is none of a tap, or has one queue and is
   *         to have several; ENOENT or ENODEV on a host without taps
   */
  public static HostTap open(Optional<String> name, boolean severalQueues) {
    try (Arena arena = Arena.ofConfined()) {
      long descriptor = HostError.check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
          arena.allocateFrom("/dev/net/tun").address(), Host.O_RDWR() | Host.O_NONBLOCK() | Host.O_CLOEXEC()),
          "open /dev/net/tun");
      String wanted = name.orElse("");
      HostTap opened = new HostTap(descriptor, wanted, true);
      try {
        MemorySegment request = request(arena, wanted, Host.IFF_TAP() | Host.IFF_NO_PI() | Host.IFF_VNET_HDR()
            | (severalQueues ? Host.IFF_MULTI_QUEUE() : 0));
        opened.control(Host.TUNSETIFF(), request, "TUNSETIFF " + wanted);
        return new HostTap(descriptor, request.getString(0), true).withHeaders();
      } catch (HostError e) {
        opened.close();
        throw e;
      }
    }
  }

  /**
   * Takes a queue that another process has opened, and that this one has inherited.
   *
   * @param descriptor its number in this process; it is closed with this
   * @return the queue, with headers if it was opened with them
   * @throws HostError EBADF if nothing has that number, ENOTTY if it is none of a tap
   */
  public static HostTap inherited(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = request(arena, "", 0);
      HostError.check(CALLS.syscall(Host.SYS_ioctl(), descriptor, Host.TUNGETIFF(), request.address()),
          "TUNGETIFF of descriptor " + descriptor);
      boolean headers = (request.get(ValueLayout.JAVA_SHORT, IFREQ_FLAGS) & Host.IFF_VNET_HDR()) != 0;
      HostTap tap = new HostTap(descriptor, request.getString(0), headers);
      tap.neverWait();
      return headers ? tap.withHeaders() : tap;
    }
  }

  private HostTap withHeaders() {
    try (Arena arena = Arena.ofConfined()) {
      control(Host.TUNSETVNETHDRSZ(), arena.allocateFrom(ValueLayout.JAVA_INT, HEADER_BYTES),
          "TUNSETVNETHDRSZ " + name);
    }
    offload();
    return this;
  }

  private static MemorySegment request(Arena arena, String name, int flags) {
    MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, MOST_NAME_BYTES));
    request.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS, (short) flags);
    return request;
  }

  private void control(long number, MemorySegment argument, String what) {
    HostError.check(CALLS.syscall(Host.SYS_ioctl(), fd(), number, argument.address()), what);
  }

  /** {@return the interface's name} */
  public String name() { return name; }

  /** {@return whether each frame has a header of {@link #HEADER_BYTES} before it, in both directions} */
  public boolean hasHeaders() {
    return headers;
  }

  /**
   * Says what the reader of this queue takes of what the host's network leaves undone. For one with headers.
   *
   * @param offloads what; large segments only together with checksums
   */
  public void offload(Offload... offloads) {
    long bits = 0;
    for (Offload offload : offloads) {
      bits |= offload.bit;
    }
    HostError.check(CALLS.syscall(Host.SYS_ioctl(), fd(), Host.TUNSETOFFLOAD(), bits), "TUNSETOFFLOAD " + name);
  }

  /**
   * Takes part in its interface's work or not: one of several queues.
   *
   * @param attached whether frames come here
   */
  public void attach(boolean attached) {
    try (Arena arena = Arena.ofConfined()) {
      control(Host.TUNSETQUEUE(),
          request(arena, "", attached ? Host.IFF_ATTACH_QUEUE() : Host.IFF_DETACH_QUEUE()), "TUNSETQUEUE " + name);
    }
  }

  /**
   * Reads a frame. Allocates nothing.
   *
   * @param into native memory; what does not fit is lost
   * @return its length in bytes, {@link HostSocket#WOULD_BLOCK} if none waits, {@link HostSocket#END} if the interface is
   *         gone
   */
  public int read(MemorySegment into) { return HostStream.read(this, into); }

  /**
   * Gives the host a frame. One that it does not take is lost: its queue is full, the interface is down, the header lies.
   * Allocates nothing.
   *
   * @param frame with its header if it has one
   * @return whether it was taken
   */
  public boolean write(IoVectors frame) { return HostStream.writev(this, frame) == frame.bytes(); }
}
